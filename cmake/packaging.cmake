# SPDX-License-Identifier: Apache-2.0
#
# The installed files, and the packages: `cmake --install`, `cpack -G DEB`, `cpack -G TGZ`. The program that was built
# prints the man page and the completions. See docs/installing.md.

include(GNUInstallDirs)

set(generated "${CMAKE_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${generated}")
find_program(GZIP_EXECUTABLE gzip REQUIRED)

# --- files printed by the program --------------------------------------------------------------------------------

set(PINLOAD_PRINTER pinload CACHE STRING "A pinload of this version that runs here; for who builds for another machine")

# pinload_printed(FILE ARGUMENT...) writes the output of `pinload ARGUMENT...`.
function(pinload_printed file)
  add_custom_command(OUTPUT "${generated}/${file}" DEPENDS pinload
    COMMAND ${PINLOAD_PRINTER} ${ARGN} > "${generated}/${file}" VERBATIM)
endfunction()

pinload_printed(pinload.1 help --man)
pinload_printed(pinload.bash help --completion bash)
pinload_printed(_pinload help --completion zsh)
add_custom_command(OUTPUT "${generated}/pinload.1.gz" DEPENDS "${generated}/pinload.1"
  COMMAND "${GZIP_EXECUTABLE}" -9nkf "${generated}/pinload.1" VERBATIM)
add_custom_target(printed ALL
  DEPENDS "${generated}/pinload.1.gz" "${generated}/pinload.bash" "${generated}/_pinload")

# --- licences of the linked libraries ----------------------------------------------------------------------------

# The first of these licences that exists, under a line that names its owner.
function(pinload_notice title)
  foreach(file ${ARGN})
    if(EXISTS "${file}")
      file(READ "${file}" text)
      file(APPEND "${generated}/third-party-notices.txt" "======== ${title}\n\n${text}\n\n")
      return()
    endif()
  endforeach()
  message(STATUS "no licence text of ${title} was found for third-party-notices.txt")
endfunction()

file(WRITE "${generated}/third-party-notices.txt"
  "pinload contains these works; here is what their authors ask to be passed on.\n\n")
pinload_notice(BoringSSL "${BORINGSSL_SOURCE_DIR}/src/LICENSE" "${BORINGSSL_SOURCE_DIR}/LICENSE")
pinload_notice(HdrHistogram_c "${HDRHISTOGRAM_SOURCE_DIR}/../LICENSE.txt" "${HDRHISTOGRAM_SOURCE_DIR}/../../LICENSE.txt"
  "${HDRHISTOGRAM_SOURCE_DIR}/../../LICENSE")
pinload_notice(uPlot "${UPLOT_SOURCE_DIR}/LICENSE")
pinload_notice(libuv /usr/share/doc/libuv1-dev/copyright)
pinload_notice(jansson /usr/share/doc/libjansson-dev/copyright)
pinload_notice(nghttp2 /usr/share/doc/libnghttp2-dev/copyright)
pinload_notice(http-parser /usr/share/doc/libhttp-parser-dev/copyright)
if(TARGET external::jemalloc)
  pinload_notice(jemalloc /usr/share/doc/libjemalloc-dev/copyright)
endif()
pinload_notice(zlib /usr/share/doc/zlib1g-dev/copyright)
pinload_notice(brotli /usr/share/doc/libbrotli-dev/copyright)
pinload_notice(toml++ /usr/share/doc/libtomlplusplus-dev/copyright)

# --- installing --------------------------------------------------------------------------------------------------

install(TARGETS pinload RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES "${generated}/pinload.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${generated}/pinload.bash" RENAME pinload
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
install(FILES certs/README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/certs")
install(FILES third_party/README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/third_party")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY examples DESTINATION "${CMAKE_INSTALL_DOCDIR}" USE_SOURCE_PERMISSIONS)
install(FILES "${generated}/third-party-notices.txt" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# Differences by prefix: zsh uses another directory below /usr than below /usr/local, and below /usr a distribution has
# its own format for licence and changelog.
set(PINLOAD_MAINTAINER "The pinload authors <pinload@localhost.localdomain>" CACHE STRING "Who packages")
execute_process(COMMAND date -R -u -d "${PINLOAD_DATE}" OUTPUT_VARIABLE changed_at OUTPUT_STRIP_TRAILING_WHITESPACE)
file(WRITE "${generated}/changelog"
  "pinload (${PROJECT_VERSION}) unstable; urgency=medium\n\n  * Version ${PROJECT_VERSION}.\n\n -- ${PINLOAD_MAINTAINER}  ${changed_at}\n")
execute_process(COMMAND "${GZIP_EXECUTABLE}" -9nkf "${generated}/changelog")
configure_file(cmake/copyright.in "${generated}/copyright" COPYONLY)
install(CODE "
  set(generated \"${generated}\")
  set(licence \"${CMAKE_CURRENT_SOURCE_DIR}/LICENSE\")
  set(data_dir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\")
  set(doc_dir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")")
install(CODE [[
  if(CMAKE_INSTALL_PREFIX MATCHES "/usr/?$")
    file(INSTALL "${generated}/_pinload" DESTINATION "${data_dir}/zsh/vendor-completions")
    file(INSTALL "${generated}/copyright" "${generated}/changelog.gz" DESTINATION "${doc_dir}")
  else()
    file(INSTALL "${generated}/_pinload" DESTINATION "${data_dir}/zsh/site-functions")
    file(INSTALL "${licence}" DESTINATION "${doc_dir}")
  endif()]])

# --- packages ----------------------------------------------------------------------------------------------------

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME pinload)
set(CPACK_PACKAGE_VENDOR pinload)
set(CPACK_PACKAGE_CONTACT "${PINLOAD_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "load tool for mTLS endpoints that checks every pin")
string(CONCAT CPACK_PACKAGE_DESCRIPTION
  "pinload opens many mutually authenticated TLS sessions at once, with client\n"
  "identities that take turns, and checks the server's certificate or key\n"
  "against pins on each of them. It measures connecting, handshake and responses,\n"
  "tells which identities were served and which were refused, and fails a run\n"
  "whose expectations or thresholds did not hold: a gate for continuous\n"
  "integration. Results come as text, HTML, JSON, CSV, HdrHistogram log,\n"
  "Prometheus text format and JUnit XML.")
set(CPACK_PACKAGE_INSTALL_DIRECTORY pinload)
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_CURRENT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(PINLOAD_PKCS11 AND NOT PINLOAD_STATIC)
  set(CPACK_DEBIAN_PACKAGE_RECOMMENDS libp11-kit0) # loaded when a key is in a token
endif()
if(PINLOAD_STATIC)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS OFF)
endif()
include(CPack)
