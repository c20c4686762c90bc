/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include "unit.h"

/* Writes the records of TEXT as "a|b;c" into OUT, a problem as "!LINE problem". */
static void read_all(char *out, size_t out_len, const char *text)
{
    struct csv csv;
    struct csv_record record;
    enum csv_next next;
    size_t len = 0;
    csv_init(&csv, text, strlen(text));
    out[0] = '\0';
    while ((next = csv_next(&csv, &record)) == CSV_RECORD) {
        for (size_t i = 0; i < record.count; i++)
            len += (size_t)snprintf(out + len, out_len - len, "%s%s", i > 0 ? "|" : "",
                                    record.fields[i]);
        len += (size_t)snprintf(out + len, out_len - len, "@%zu;", record.line);
        csv_record_cleanup(&record);
    }
    csv_record_cleanup(&record);
    if (next == CSV_BAD)
        snprintf(out + len, out_len - len, "!%zu %s", csv.line, csv.problem);
}

static void records_are_read_as_rfc_4180_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *records;
    } cases[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a,b\nc,d\n", "a|b@1;c|d@2;"},
        {"a,b\r\nc,d", "a|b@1;c|d@2;"},
        {"a,,\n,\n", "a||@1;|@2;"},
        {"\n\na\n\nb\n", "a@3;b@5;"},
        {"\"a,b\",c\n", "a,b|c@1;"},
        {"\"a\"\"b\"\n", "a\"b@1;"},
        {"\"\",x\n", "|x@1;"},
        {"\"a\nb\",c\nd\n", "a\nb|c@1;d@3;"},
        {"\"a\"", "a@1;"},
        {" a , b \n", " a | b @1;"},
        {"a\nb\"c\n", "a@1;!2 a quote is inside a field that does not begin with one"},
        {"a\n\"b", "a@1;!2 a quoted field has no end"},
        {"\"a\"b\n", "!1 a quoted field goes on after its quote"},
        {"a\rb\n", "!1 a control character is in it"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[200];
        read_all(out, sizeof out, cases[i].text);
        assert_string_equal(out, cases[i].records);
    }
}

static void a_nul_is_not_read_over(void **state)
{
    (void)state;
    struct csv csv;
    struct csv_record record;
    csv_init(&csv, "a\0b\n", 4);
    assert_int_equal(csv_next(&csv, &record), CSV_BAD);
    csv_record_cleanup(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read_as_rfc_4180_has_them),
        cmocka_unit_test(a_nul_is_not_read_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
