// SPDX-License-Identifier: Apache-2.0
//
// Go's crypto/tls, demanding a client certificate: go_server PORT CERT KEY CLIENT_CA GROUP[:GROUP]...
// Each connection is one line of JSON: the group, the client's name and key as they were seen, or what went wrong.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
	"time"
)

type line struct {
	Group   string `json:"group"`
	Client  string `json:"client"`
	Key     string `json:"key"`
	Refused string `json:"refused"`
}

var groups = map[string]tls.CurveID{"X25519MLKEM768": tls.X25519MLKEM768, "X25519": tls.X25519, "P-256": tls.CurveP256}

func serve(conn *tls.Conn) (seen line) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	err := conn.Handshake()
	state := conn.ConnectionState()
	presented := state.PeerCertificates
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) {
		presented = unverified.UnverifiedCertificates
	}
	seen.Group = state.CurveID.String()
	if len(presented) > 0 {
		seen.Client, seen.Key = presented[0].Subject.CommonName, presented[0].PublicKeyAlgorithm.String()
	}
	if err != nil {
		seen.Refused = err.Error()
		return
	}
	for request := bufio.NewReader(conn); ; {
		if text, fault := request.ReadString('\n'); fault != nil || text == "\r\n" {
			break
		}
	}
	fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
	return
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	port, cert, key, ca := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	config := &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: x509.NewCertPool()}
	config.Certificates = []tls.Certificate{must(tls.LoadX509KeyPair(cert, key))}
	config.ClientCAs.AppendCertsFromPEM(must(os.ReadFile(ca)))
	for _, name := range strings.Split(os.Args[5], ":") {
		config.CurvePreferences = append(config.CurvePreferences, groups[name])
	}
	listener := must(net.Listen("tcp", "127.0.0.1:"+port))
	for {
		fmt.Println(string(must(json.Marshal(serve(tls.Server(must(listener.Accept()), config))))))
	}
}
