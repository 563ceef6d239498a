package accesstest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
)

// listener gives http and https connections, by their first byte.
type listener struct {
	net.Listener
	agent *Agent
	conns chan net.Conn
	done  chan struct{} // closed when accept has ended
	wg    sync.WaitGroup
	mu    sync.Mutex
	open  map[net.Conn]bool // whose first byte has not come yet
}

func (l *listener) accept() {
	defer close(l.done)
	defer close(l.conns)
	defer l.wg.Wait()
	l.open = map[net.Conn]bool{}
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			l.mu.Lock()
			for c := range l.open {
				_ = c.Close()
			}
			l.mu.Unlock()
			return
		}
		l.mu.Lock()
		l.open[conn] = true
		l.mu.Unlock()
		l.wg.Go(func() { l.sort(conn) })
	}
}

func (l *listener) sort(conn net.Conn) {
	r := bufio.NewReader(conn)
	first, err := r.Peek(1)
	l.mu.Lock()
	delete(l.open, conn)
	l.mu.Unlock()
	if err != nil {
		_ = conn.Close()
		return
	}
	heard := &heard{conn, r, l.agent}
	if state := l.agent.Get(); first[0] == 0x16 && !state.Plain {
		l.conns <- tls.Server(heard, &tls.Config{Certificates: []tls.Certificate{state.Cert}, NextProtos: []string{"http/1.1"}})
		return
	}
	l.conns <- heard
}

// Accept implements [net.Listener].
func (l *listener) Accept() (net.Conn, error) {
	conn, ok := <-l.conns
	if !ok {
		return nil, errors.New("closed")
	}
	return conn, nil
}

// Close implements [net.Listener]. Connections that wait are closed.
func (l *listener) Close() error {
	err := l.Listener.Close()
	go func() {
		for conn := range l.conns {
			_ = conn.Close()
		}
	}()
	return err
}

// heard is a connection that keeps what passes.
type heard struct {
	net.Conn
	r     io.Reader
	agent *Agent
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.agent.Set(func(s *State) { s.Wire = append(s.Wire, p[:n]...) })
	return n, err
}

func (h *heard) Write(p []byte) (int, error) {
	h.agent.Set(func(s *State) {
		if len(s.Sent) < 1<<20 {
			s.Sent = append(s.Sent, p...)
		}
	})
	return h.Conn.Write(p)
}
