/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blocking HTTPS server on BoringSSL alone, one connection after the other: for the matrix of TLS stacks. It
 * demands a client certificate of the CA given, and answers each connection's first request. Nothing of pinload's
 * own is in it, so that what it says is BoringSSL's and not ours.
 *
 *   boringssl_server PORT CERT KEY CLIENT_CA
 */
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static SSL_CTX *context_new(const char *cert, const char *key, const char *client_ca)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) ||
        !SSL_CTX_use_certificate_chain_file(ctx, cert) ||
        !SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) ||
        !SSL_CTX_load_verify_locations(ctx, client_ca, NULL))
        return NULL;
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_session_id_context(ctx, (const uint8_t *)"e2e", 3);
    return ctx;
}

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 128) != 0)
        return -1;
    return fd;
}

static void serve(SSL *ssl)
{
    static const char response[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";
    char request[16384];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0)
        SSL_write(ssl, response, sizeof response - 1);
    SSL_shutdown(ssl);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: boringssl_server PORT CERT KEY CLIENT_CA\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    SSL_CTX *ctx = context_new(argv[2], argv[3], argv[4]);
    int listener = listen_on(atoi(argv[1]));
    if (ctx == NULL || listener < 0) {
        fprintf(stderr, "boringssl_server: the files or the port cannot be used\n");
        return 1;
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        SSL *ssl = SSL_new(ctx);
        if (fd < 0 || ssl == NULL)
            return 1;
        SSL_set_fd(ssl, fd);
        serve(ssl);
        SSL_free(ssl);
        close(fd);
    }
}
