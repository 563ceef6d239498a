package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// caller is a connection from an address of the test's choice.
type caller struct {
	net.Conn
	from string
}

func (c caller) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(c.from), Port: 1}
}

// callers is a listener that gives what it is told to, and then blocks.
type callers struct {
	next   chan func() (net.Conn, error)
	closed chan struct{}
	once   sync.Once
}

func newCallers() *callers {
	return &callers{next: make(chan func() (net.Conn, error)), closed: make(chan struct{})}
}

func (l *callers) Accept() (net.Conn, error) {
	select {
	case f := <-l.next:
		return f()
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Err: net.ErrClosed}
	}
}

func (l *callers) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *callers) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhoMakesRoom fills a listener of four connections, two for each address,
// with waiting (lower case) and busy (upper case) ones of addresses that are named
// by a letter.
func TestWhoMakesRoom(t *testing.T) {
	for _, tt := range []struct{ come, open string }{
		{"aabb", "aabb"},
		{"aaa", "aa"},     // no more than two each: the oldest that waits
		{"Aaa", "Aa"},     // and not who is answered
		{"AAa", "AA"},     // else who comes
		{"aabbc", "abbc"}, // the oldest of the address that has most
		{"abbcd", "abcd"},
		{"abcde", "bcde"},
		{"AABBc", "AABc"}, // all are answered: the newest of the client with most
		{"ABCDe", "ABCD"}, // nobody has more than who comes would
		{"AbCDe", "ACDe"},
		{"LLLL", "LLLL"}, // a proxy on this machine may have all
		{"LLLLa", "LLLa"},
	} {
		t.Run(tt.come, func(t *testing.T) {
			in := newCallers()
			l := limitListener(in, 4, time.Second, nil, slog.New(slog.DiscardHandler))
			l.each = 2
			go func() {
				for _, c := range tt.come {
					address := "10.0.0." + string('0'+(c|0x20)-'a')
					if c == 'L' {
						address = "127.0.0.1"
					}
					client, server := net.Pipe()
					go func() { _, _ = io.Copy(io.Discard, client) }()
					in.next <- func() (net.Conn, error) { return caller{server, address}, nil }
				}
				_ = in.Close()
			}()
			names := map[*conn]rune{}
			left := []rune(tt.come)
			for {
				accepted, err := l.Accept()
				if err != nil {
					break
				}
				c := accepted.(*conn)
				for len(left) > 0 { // those that were refused come before
					name := left[0]
					left = left[1:]
					if name|0x20 == rune(c.from.As4()[3])+'a' || name == 'L' {
						names[c] = name
						break
					}
				}
				if names[c] < 'a' {
					l.moved(c, http.StateActive)
				}
			}
			open := ""
			for _, c := range l.open {
				open += string(names[c])
				defer func() { _ = c.Close() }()
			}
			if open != tt.open {
				t.Errorf("%s are open, want %s", open, tt.open)
			}
		})
	}
}

// TestAConnectionIsForgotten when it is closed or becomes a stream.
func TestAConnectionIsForgotten(t *testing.T) {
	in := newCallers()
	l := limitListener(in, 4, time.Second, nil, slog.New(slog.DiscardHandler))
	for _, end := range []func(*conn){
		func(c *conn) { _ = c.Close() },
		func(c *conn) { l.moved(c, http.StateHijacked); _ = c.Close() },
	} {
		_, server := net.Pipe()
		go func() { in.next <- func() (net.Conn, error) { return caller{server, "10.0.0.1"}, nil } }()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		end(c.(*conn))
		if len(l.open) != 0 || len(l.of) != 0 {
			t.Errorf("%d connections, %d addresses", len(l.open), len(l.of))
		}
	}
}

// TestAcceptFails a thousand times, an hour and then no more: one warning each
// minute, with what to do, and the next client is accepted.
func TestAcceptFails(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		says string
	}{
		"files":  {syscall.EMFILE, "LimitNOFILE="},
		"system": {syscall.ENFILE, "LimitNOFILE="},
		"memory": {syscall.ENOBUFS, "tries again"},
		"left":   {syscall.ECONNABORTED, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				in := newCallers()
				l := limitListener(in, 4, time.Second, nil, slog.New(slog.NewTextHandler(&log, nil)))
				client, server := net.Pipe()
				defer client.Close()
				go func() {
					for range 1000 {
						in.next <- func() (net.Conn, error) {
							return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", tt.err)}
						}
					}
					in.next <- func() (net.Conn, error) { return server, nil }
				}()
				begin := time.Now()
				c, err := l.Accept()
				if err != nil {
					t.Fatal(err)
				}
				c.Close()
				minutes := int(time.Since(begin).Minutes()) + 1
				lines := strings.Count(log.String(), "\n")
				if tt.says == "" && lines > 0 || tt.says != "" && (lines == 0 || lines > minutes || !strings.Contains(log.String(), tt.says)) {
					t.Errorf("%d lines in %d minutes: %.400s", lines, minutes, &log)
				}
			})
		})
	}
}

// TestAWaitingConnectionMakesRoomForDescriptors: where the system lets the agent
// open no more, whoever asks nothing is closed.
func TestAWaitingConnectionMakesRoomForDescriptors(t *testing.T) {
	in := newCallers()
	l := limitListener(in, 4, time.Second, nil, slog.New(slog.DiscardHandler))
	asks, waits := make(chan error, 1), make(chan error, 1)
	for n, end := range []chan error{asks, waits} {
		client, server := net.Pipe()
		defer client.Close()
		go func() {
			_, err := client.Read(make([]byte, 1))
			end <- err
		}()
		go func() { in.next <- func() (net.Conn, error) { return caller{server, "10.0.0.1"}, nil } }()
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			l.moved(c, http.StateActive)
			defer c.Close()
		}
	}
	go func() {
		in.next <- func() (net.Conn, error) { return nil, syscall.EMFILE }
		_ = in.Close()
	}()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if err := <-waits; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	select {
	case err := <-asks:
		t.Errorf("who is answered was closed: %v", err)
	default:
	}
}

// TestHalfRequestsKeepNobodyOut: many more than there may be connections, and the
// next request is answered.
func TestHalfRequestsKeepNobodyOut(t *testing.T) {
	s := newSite(t, Config{})
	var first net.Conn
	for n := range maxConns + 20 {
		c := raw(t, s.addr, "GET / HTTP/1.1\r\nHost: pi\r\nX-Half: ")
		if n == 0 {
			first = c
		}
	}
	if answer := request(t.Context(), t, "GET", s.url+"/healthz"); answer.StatusCode != http.StatusOK {
		t.Errorf("another client gets %s", answer.Status)
	}
	begin := time.Now()
	_, _ = io.Copy(io.Discard, first) // until the agent closes
	if d := time.Since(begin); d > usualPatience().header/2 {
		t.Errorf("the oldest has stayed for %v", d)
	}
}

func TestHowManyConnections(t *testing.T) {
	for _, tt := range []struct {
		files   uint64
		viewers int
		want    int
	}{
		{1024, 64, 256}, {524_288, 64, 256}, {1 << 63, 64, 256}, {300, 64, 172}, {100, 64, 16}, {0, 0, 16}, {1024, 900, 60}, {1024, 100_000, 16},
	} {
		if got := connections(tt.files, tt.viewers); got != tt.want {
			t.Errorf("%d files, %d viewers: %d connections, want %d", tt.files, tt.viewers, got, tt.want)
		}
	}
}

// TestHeadersOfEightKilobytes are what a client may send.
func TestHeadersOfEightKilobytes(t *testing.T) {
	s := newSite(t, Config{})
	for size, want := range map[int]int{
		maxHeader - 200: http.StatusOK,
		maxHeader + 200: http.StatusRequestHeaderFieldsTooLarge,
	} {
		conn := raw(t, s.addr, "GET /healthz HTTP/1.1\r\nHost: pi\r\nCookie: "+strings.Repeat("x", size)+"\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%d bytes: %s", size, answer.Status)
		}
	}
}

// TestNothingPassesTheGuards: also what net/http would answer itself.
func TestNothingPassesTheGuards(t *testing.T) {
	s := newSite(t, Config{})
	for _, line := range []string{"OPTIONS *", "OPTIONS /", "PRI *", "GET http://evil.example/", "TRACE /", "CONNECT evil.example:80"} {
		conn := raw(t, s.addr, line+" HTTP/1.1\r\nHost: evil.example\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: %s", line, answer.Status)
		}
	}
}
