# SPDX-License-Identifier: Apache-2.0
#
# The distribution's libraries, as imported targets external::NAME. If there is a static archive, it is linked, so that
# the program runs on machines without these libraries; otherwise the shared library is. pkg-config is not needed.

option(PINLOAD_STATIC "Link everything statically, libc too; see docs/installing.md" OFF)

# pinload_external(NAME HEADER LIBRARY...) finds the header and the first of the libraries that exists.
function(pinload_external name header)
  find_path(EXTERNAL_${name}_INCLUDE_DIR ${header} REQUIRED)
  find_library(EXTERNAL_${name}_LIBRARY NAMES ${ARGN} REQUIRED)
  mark_as_advanced(EXTERNAL_${name}_INCLUDE_DIR EXTERNAL_${name}_LIBRARY)
  add_library(external::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(external::${name} PROPERTIES
    IMPORTED_LOCATION "${EXTERNAL_${name}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${EXTERNAL_${name}_INCLUDE_DIR}")
endfunction()

find_package(Threads REQUIRED)
pinload_external(uv uv.h libuv_a.a libuv.a uv)
set_target_properties(external::uv PROPERTIES
  INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};rt")
pinload_external(jansson jansson.h libjansson.a jansson)
pinload_external(nghttp2 nghttp2/nghttp2.h libnghttp2.a nghttp2)
pinload_external(http_parser http_parser.h libhttp_parser.a http_parser)
pinload_external(zlib zlib.h libz.a z)
pinload_external(brotlicommon brotli/types.h libbrotlicommon-static.a libbrotlicommon.a brotlicommon)
pinload_external(brotlidec brotli/decode.h libbrotlidec-static.a libbrotlidec.a brotlidec)
pinload_external(brotlienc brotli/encode.h libbrotlienc-static.a libbrotlienc.a brotlienc) # of bench and tests alone
set_target_properties(external::brotlienc PROPERTIES INTERFACE_LINK_LIBRARIES "external::brotlicommon;m")
set_target_properties(external::brotlidec PROPERTIES INTERFACE_LINK_LIBRARIES external::brotlicommon)
# Headers alone: its shared library, which Debian has as well, is not used.
find_path(EXTERNAL_tomlplusplus_INCLUDE_DIR toml++/toml.h REQUIRED)
mark_as_advanced(EXTERNAL_tomlplusplus_INCLUDE_DIR)
add_library(external::tomlplusplus INTERFACE IMPORTED GLOBAL)
set_target_properties(external::tomlplusplus PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${EXTERNAL_tomlplusplus_INCLUDE_DIR}")
# Headers alone, too: the library is loaded when a run has a key in a token (src/tls/token_library.c).
option(PINLOAD_PKCS11 "Keys in PKCS#11 tokens, by p11-kit" ON)
if(PINLOAD_PKCS11)
  find_path(EXTERNAL_p11_kit_INCLUDE_DIR p11-kit/uri.h PATH_SUFFIXES p11-kit-1 REQUIRED)
  mark_as_advanced(EXTERNAL_p11_kit_INCLUDE_DIR)
endif()
# Instead of malloc (src/tls/allocation.c). The sanitizers have their own allocator.
option(PINLOAD_JEMALLOC "Allocate by jemalloc" ON)
if(PINLOAD_JEMALLOC AND NOT PINLOAD_SANITIZE)
  pinload_external(jemalloc jemalloc/jemalloc.h libjemalloc.a jemalloc)
  set_target_properties(external::jemalloc PROPERTIES
    INTERFACE_COMPILE_DEFINITIONS PINLOAD_JEMALLOC
    INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
endif()

# PINLOAD_SHARED: libraries without an archive, which the program needs as shared ones.
set(PINLOAD_SHARED "")
foreach(library "${EXTERNAL_uv_LIBRARY}" "${EXTERNAL_jansson_LIBRARY}" "${EXTERNAL_nghttp2_LIBRARY}"
    "${EXTERNAL_http_parser_LIBRARY}" "${EXTERNAL_zlib_LIBRARY}" "${EXTERNAL_brotlidec_LIBRARY}"
    "${EXTERNAL_brotlicommon_LIBRARY}" ${EXTERNAL_jemalloc_LIBRARY})
  if(NOT library MATCHES "[.]a$")
    list(APPEND PINLOAD_SHARED "${library}")
  endif()
endforeach()
if(PINLOAD_STATIC AND PINLOAD_SHARED)
  message(FATAL_ERROR "PINLOAD_STATIC wants static archives of all libraries, and these have none: ${PINLOAD_SHARED}")
endif()

# pinload_link_everything(TARGET) links libc into a program, too.
function(pinload_link_everything target)
  target_link_options(${target} PRIVATE -static)
endfunction()

# pinload_link_runtimes(TARGET) links the compiler's runtimes into a program. The sanitizers bring their own.
function(pinload_link_runtimes target)
  if(PINLOAD_STATIC)
    pinload_link_everything(${target})
  elseif(NOT PINLOAD_SANITIZE)
    target_link_options(${target} PRIVATE -static-libgcc -static-libstdc++)
  endif()
endfunction()
