#!/usr/bin/env escript
%% SPDX-License-Identifier: Apache-2.0
%%! +S 1:1
%%
%% Erlang's own TLS, demanding a client certificate: erlang_server.escript PORT CERT KEY CLIENT_CA
-mode(compile).

main([Port, Cert, Key, Ca]) ->
    logger:set_primary_config(level, none),
    {ok, _} = application:ensure_all_started(ssl),
    {ok, Listener} = ssl:listen(list_to_integer(Port),
        [binary, {active, false}, {reuseaddr, true}, {ip, {127, 0, 0, 1}}, {backlog, 128},
         {certfile, Cert}, {keyfile, Key}, {cacertfile, Ca},
         {verify, verify_peer}, {fail_if_no_peer_cert, true},
         {versions, ['tlsv1.2', 'tlsv1.3']}]),
    accept(Listener).

accept(Listener) ->
    {ok, Transport} = ssl:transport_accept(Listener),
    Server = spawn(fun() -> receive go -> serve(Transport) end end),
    ok = ssl:controlling_process(Transport, Server),
    Server ! go,
    accept(Listener).

serve(Transport) ->
    case ssl:handshake(Transport, 5000) of
        {ok, Socket} ->
            case ssl:recv(Socket, 0, 5000) of
                {ok, _} -> ssl:send(Socket, <<"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n">>);
                _ -> ok
            end,
            ssl:close(Socket);
        _ -> ok
    end.
