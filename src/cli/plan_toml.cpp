/* SPDX-License-Identifier: Apache-2.0 */
extern "C" {
#include "cli/plan_toml.h"
#include "base/memory.h"
}

#include <stdexcept>

/* Version 3.3 asserts that a digit follows the T of a date, and assumes it with NDEBUG. Here what it
 * asserts is a mistake in the file in every build. */
#undef NDEBUG
#define TOML_ASSERT(expr)                                                                          \
    ((expr) ? static_cast<void>(0) : throw std::runtime_error("a value has another form"))
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                     \
    "-Wterminate" /* some of its functions may not throw: there it ends the program */
#include <toml++/toml.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace
{

unsigned line_of(const toml::node &node)
{
    return static_cast<unsigned>(node.source().begin.line);
}

template <typename Date> std::string date_text(const Date &date)
{
    std::ostringstream out;
    out << date;
    return out.str();
}

void append(plan_values *out, plan_kind kind, const std::string &text, const toml::node &node)
{
    plan_values_append(out, kind, text.data(), text.size(), line_of(node));
}

/* A date is what --start-at takes as text. */
void append_value(plan_values *out, const toml::node &node)
{
    if (const auto *text = node.as_string())
        append(out, PLAN_TEXT, text->get(), node);
    else if (const auto *whole = node.as_integer())
        append(out, PLAN_NUMBER, std::to_string(whole->get()), node);
    else if (const auto *number = node.as_floating_point())
        plan_values_append_number(out, number->get(), line_of(node));
    else if (const auto *flag = node.as_boolean())
        append(out, flag->get() ? PLAN_TRUE : PLAN_FALSE, flag->get() ? "true" : "false", node);
    else if (const auto *moment = node.as_date_time())
        append(out, PLAN_TEXT, date_text(moment->get()), node);
    else if (const auto *date = node.as_date())
        append(out, PLAN_TEXT, date_text(date->get()), node);
    else if (const auto *time = node.as_time())
        append(out, PLAN_TEXT, date_text(time->get()), node);
    else
        append(out, PLAN_OTHER, node.is_table() ? "a table" : "an array in an array", node);
}

void add_entry(plan_values *out, const toml::key &key, const toml::node &node)
{
    const toml::array *list = node.as_array();
    std::string name(key.str());
    std::replace(name.begin(), name.end(), '\0', '?');
    plan_values_add(out, name.c_str(), static_cast<unsigned>(key.source().begin.line),
                    list != nullptr);
    if (list == nullptr)
        return append_value(out, node);
    for (const toml::node &element : *list)
        append_value(out, element);
}

/* The library sorts the keys; the first mistake in the file is to be the one reported. */
void add_all(plan_values *out, const toml::table &table)
{
    std::vector<toml::table::const_iterator> entries;
    for (auto entry = table.cbegin(); entry != table.cend(); ++entry)
        entries.push_back(entry);
    std::stable_sort(entries.begin(), entries.end(), [](const auto &a, const auto &b) {
        return a->first.source().begin < b->first.source().begin;
    });
    for (const auto &entry : entries)
        add_entry(out, entry->first, entry->second);
}

} // namespace

bool plan_toml_read(struct plan_values *out, const char *text, size_t len, unsigned *out_line,
                    char *why, size_t why_len)
{
    try {
        add_all(out, toml::parse(std::string_view(text, len)));
        return true;
    } catch (const toml::parse_error &error) {
        std::string_view reason = error.description();
        *out_line = static_cast<unsigned>(error.source().begin.line);
        std::snprintf(why, why_len, "%.*s", static_cast<int>(reason.size()), reason.data());
    } catch (const std::bad_alloc &) {
        memory_must(nullptr);
    } catch (const std::exception &failure) {
        *out_line = 0;
        std::snprintf(why, why_len, "%s", failure.what());
    }
    return false;
}
