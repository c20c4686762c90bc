/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C++'s operators new and delete over the malloc of failing_allocation.c; jemalloc's would link all of
 * jemalloc.
 */
#include <cstdlib>
#include <new>

void *operator new(std::size_t len)
{
    void *memory = std::malloc(len);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

void *operator new(std::size_t len, const std::nothrow_t &) noexcept
{
    return std::malloc(len);
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, const std::nothrow_t &) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t, std::align_val_t) noexcept
{
    std::free(memory);
}
