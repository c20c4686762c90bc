/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output compared with the file that is expected. With PINLOAD_UPDATE_GOLDEN=1 in the environment the
 * file is rewritten, to be reviewed in the diff.
 */
#ifndef PINLOAD_TESTS_GOLDEN_FILE_H
#define PINLOAD_TESTS_GOLDEN_FILE_H

/* golden_file_check fails the test if the file PATH is not TEXT, which is freed. Of encoded
 * distributions only the beginnings are compared, since the rest depends on the version of zlib. */
void golden_file_check(const char *path, char *text);

#endif
