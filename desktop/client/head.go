package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

const (
	// maxHead is how many bytes of an answer's head are looked at, and
	// maxHeadLines how many lines. A larger one passes as it is.
	maxHead      = 16 << 10
	maxHeadLines = 100
)

// repairedConn is a connection to a camera without an agent. Cameras write heads
// that net/http refuses though their pictures are fine, as a Content-Length of -1;
// the head of the one answer is repaired before it is read. What net/http takes
// passes byte for byte.
type repairedConn struct {
	net.Conn
	asked, closed chan struct{}
	askOnce       sync.Once
	closeOnce     sync.Once

	// Only the one goroutine that reads knows these.
	read bool   // the head was
	rest []byte // of it, and of what came with it
	err  error  // ended it
}

func newRepairedConn(c net.Conn) *repairedConn {
	return &repairedConn{Conn: c, asked: make(chan struct{}), closed: make(chan struct{})}
}

// Read implements [net.Conn]. It gives nothing before the question was asked:
// some cameras answer anybody who connects, which net/http takes for nonsense.
func (c *repairedConn) Read(p []byte) (int, error) {
	if !c.read {
		select {
		case <-c.asked:
		case <-c.closed:
			return 0, net.ErrClosed
		}
		c.read = true
		c.rest, c.err = readHead(c.Conn)
	}
	switch {
	case len(c.rest) > 0:
		n := copy(p, c.rest)
		c.rest = c.rest[n:]
		return n, nil
	case c.err != nil:
		return 0, c.err
	default:
		return c.Conn.Read(p)
	}
}

// Write implements [net.Conn].
func (c *repairedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.askOnce.Do(func() { close(c.asked) })
	return n, err
}

// Close implements [net.Conn].
func (c *repairedConn) Close() error {
	c.closeOnce.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// readHead reads the head of an answer. It returns the head, repaired when
// net/http would not take it, with what came after it.
func readHead(r io.Reader) (answer []byte, err error) {
	buf := make([]byte, 0, 4<<10)
	var l headLines
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		found := l.toEnd(buf)
		if !found && errors.Is(err, io.EOF) && len(buf) > 0 { // nothing else will come
			l.pos, found = len(buf), true
		}
		switch {
		case l.count > maxHeadLines, !found && len(buf) >= maxHead:
			return buf, err
		case found:
			return append(repaired(buf[:l.pos]), buf[l.pos:]...), err
		case err != nil:
			return buf, err
		case len(buf) == cap(buf):
			buf = append(make([]byte, 0, 2*cap(buf)), buf...)
		}
	}
}

// A JPEG, or a part of a stream, where a line of the head should be: the head is
// over, or there is none. net/http takes neither for a line.
var (
	pictureBegins = []byte{0xFF, 0xD8, 0xFF}
	partBegins    = []byte("--")
)

// headLines walks over the lines of a head. It keeps its place between calls.
type headLines struct {
	pos   int  // where the next line begins
	count int  // lines before it
	begun bool // one of them is not blank
}

// toEnd reports whether the head ends in buf, which has grown since; the body
// then begins at pos.
func (l *headLines) toEnd(buf []byte) bool {
	for {
		rest := buf[l.pos:]
		length := bytes.IndexByte(rest, '\n')
		if bytes.HasPrefix(rest, pictureBegins) ||
			length >= 0 && bytes.HasPrefix(rest, partBegins) && !bytes.Contains(rest[:length], []byte(":")) {
			return true
		}
		if length < 0 {
			return false
		}
		l.pos += length + 1
		l.count++
		blank := len(bytes.Trim(rest[:length], "\r")) == 0
		if blank && l.begun {
			return true
		}
		l.begun = l.begun || !blank
	}
}

// repaired returns a head as it is when net/http takes it, or when nothing helps.
func repaired(head []byte) []byte {
	if taken(head) {
		return head
	}
	if better := repair(head); taken(better) {
		return better
	}
	return head
}

func taken(head []byte) bool {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), nil)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return true
}

// statusLine is one as cameras write it: "ICY 200 OK", "HTTP/1.0 200OK".
var statusLine = regexp.MustCompile(`(?i)^\s*(?:HTTP|ICY)(?:/([0-9.]*))?[ \t]*\b([1-5][0-9][0-9])(?:[^0-9].*)?$`)

// repair writes a head again from what can be understood of it. What cannot be is
// left out: without a length the body ends with the connection.
func repair(head []byte) []byte {
	lines := strings.Split(strings.TrimLeft(string(head), "\r\n"), "\n")
	status := "HTTP/1.1 200 OK"
	if len(head) > 0 {
		m := statusLine.FindStringSubmatch(strings.TrimRight(lines[0], "\r"))
		if m == nil {
			return head
		}
		status = "HTTP/1.1 " + m[2] + " " + http.StatusText(atoi(m[2]))
		if m[1] == "1.0" {
			status = "HTTP/1.0" + status[len("HTTP/1.1"):]
		}
	}
	b := []byte(status + "\r\n")
	for _, f := range framed(fields(lines[1:])) {
		b = append(b, f.name+": "+f.value+"\r\n"...)
	}
	return append(b, "\r\n"...)
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// field is one line of a head, with those that go on with it.
type field struct{ name, value string }

// fields reads the lines of a head that have a name and a value.
func fields(lines []string) []field {
	var all []field
	kept := false // the last field; a line that goes on with another is dropped with it
	for i, line := range lines {
		folded := strings.TrimLeft(line, " \t") != line
		line = strings.TrimSpace(strings.Map(printable, line))
		if folded && i > 0 {
			if kept {
				all[len(all)-1].value += " " + line
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if kept = ok && isToken(name); kept {
			all = append(all, field{name, strings.TrimSpace(value)})
		}
	}
	return all
}

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7F {
		return -1
	}
	return r
}

// isToken reports whether s can be the name of a field (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

// framed leaves of the fields that say where the body ends only what can be true.
func framed(all []field) []field {
	var kept []field
	var lengths []string
	chunked := false
	for _, f := range all {
		switch textproto.CanonicalMIMEHeaderKey(f.name) {
		case "Content-Length":
			lengths = append(lengths, f.value)
		case "Transfer-Encoding":
			chunked = chunked || strings.Contains(strings.ToLower(f.value), "chunked")
		case "Trailer":
		default:
			kept = append(kept, f)
		}
	}
	switch {
	case chunked:
		kept = append(kept, field{"Transfer-Encoding", "chunked"})
	case agree(lengths):
		kept = append(kept, field{"Content-Length", lengths[0]})
	}
	return kept
}

// agree reports whether there is a length, and only one.
func agree(lengths []string) bool {
	for _, l := range lengths {
		if _, err := strconv.ParseUint(l, 10, 63); err != nil || l != lengths[0] {
			return false
		}
	}
	return len(lengths) > 0
}
