package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

// audience is a number of viewers, each with a connection of its own.
type audience struct {
	measuring atomic.Bool
	joined    sync.WaitGroup // until each has had its first frame
	ended     sync.WaitGroup
	conns     []net.Conn

	mu      sync.Mutex
	bytes   int64
	frames  int64
	fewest  int64           // frames of the viewer that got the fewest
	delays  []time.Duration // from the source's write to the picture's last byte; not of smaller pictures
	ages    []time.Duration // from the agent's reading of the frame to that
	waits   []time.Duration // from connect to the first picture
	trouble error
}

// way is how viewers watch. The zero way is HTTP, at the rate that frames come.
type way struct {
	query string
	rate  int         // bytes per second that each reads at most; 0 for all that come
	tls   *tls.Config // nil for HTTP
}

// open lets n viewers in, close ends them.
func open(t *testing.T, addr string, n int, how way) *audience {
	t.Helper()
	a := &audience{fewest: math.MaxInt64}
	a.joined.Add(n)
	for range n {
		begin := time.Now()
		conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		var client io.ReadWriter = conn
		if how.rate > 0 {
			const perSecond = 100
			link := &slowLink{conn, time.NewTicker(time.Second / perSecond), how.rate / perSecond, 0}
			t.Cleanup(link.tick.Stop)
			client = link
		}
		if how.tls != nil {
			client = tls.Client(detour{conn, client}, how.tls)
		}
		if _, err := io.WriteString(client, "GET /video"+how.query+" HTTP/1.1\r\nHost: pi\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		a.conns = append(a.conns, conn)
		a.ended.Go(func() { a.view(client, begin) })
	}
	a.joined.Wait()
	return a
}

// detour is a connection whose bytes go another way.
type detour struct {
	net.Conn
	way io.ReadWriter
}

func (r detour) Read(b []byte) (int, error)  { return r.way.Read(b) }
func (r detour) Write(b []byte) (int, error) { return r.way.Write(b) }

func (a *audience) close(t *testing.T) {
	t.Helper()
	for _, conn := range a.conns {
		_ = conn.Close()
	}
	a.ended.Wait()
	if a.trouble != nil {
		t.Error(a.trouble)
	}
}

// view reads parts until the connection is closed and notes what came while
// the audience measures.
func (a *audience) view(conn io.Reader, begin time.Time) {
	r := bufio.NewReaderSize(conn, 64<<10)
	lines := textproto.NewReader(r)
	var picture []byte
	var bytes, frames int64
	var delays, ages []time.Duration
	var wait time.Duration
	join := sync.OnceFunc(func() { wait = time.Since(begin); a.joined.Done() })
	_, err := lines.ReadLine() // status
	var header textproto.MIMEHeader
	if err == nil {
		header, err = lines.ReadMIMEHeader()
	}
	if header.Get("Transfer-Encoding") == "chunked" {
		r = bufio.NewReaderSize(httputil.NewChunkedReader(r), 64<<10)
		lines = textproto.NewReader(r)
	}
	for err == nil {
		var taken time.Time
		if picture, taken, err = readPart(r, lines, picture); err != nil {
			break
		}
		join()
		if a.measuring.Load() {
			bytes, frames = bytes+int64(len(picture)), frames+1
			delays, ages = append(delays, time.Since(stamped(picture))), append(ages, time.Since(taken))
		}
	}
	join()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !errors.Is(err, net.ErrClosed) {
		a.trouble = errors.Join(a.trouble, err)
	}
	a.fewest = min(a.fewest, frames)
	a.bytes, a.frames = a.bytes+bytes, a.frames+frames
	a.delays, a.ages, a.waits = append(a.delays, delays...), append(a.ages, ages...), append(a.waits, wait)
}

// slowLink hands on a few bytes each tick.
type slowLink struct {
	net.Conn
	tick *time.Ticker
	most int // bytes per tick
	left int // of this tick
}

func (l *slowLink) Read(b []byte) (int, error) {
	if l.left == 0 {
		<-l.tick.C
		l.left = l.most
	}
	n, err := l.Conn.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}

// readPart reads one part into buf, which grows as needed. The time is when the agent
// read the frame; zero of a server that does not say it.
func readPart(r *bufio.Reader, lines *textproto.Reader, buf []byte) (picture []byte, taken time.Time, err error) {
	for { // an empty line after the last picture, the boundary
		line, err := lines.ReadLine()
		if err != nil {
			return buf, taken, err
		}
		if line != "" {
			break
		}
	}
	header, err := lines.ReadMIMEHeader()
	if err != nil {
		return buf, taken, err
	}
	size, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return buf, taken, err
	}
	if seconds, err := strconv.ParseFloat(header.Get(mjpeg.TimestampHeader), 64); err == nil {
		taken = time.UnixMicro(int64(seconds * 1e6))
	}
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	buf = buf[:size]
	if _, err := io.ReadFull(r, buf); err != nil {
		return buf, taken, err
	}
	if !bytes.HasPrefix(buf, []byte{0xFF, 0xD8}) || !bytes.HasSuffix(buf, []byte{0xFF, 0xD9}) {
		return buf, taken, errors.New("a part is not one whole picture")
	}
	return buf, taken, nil
}
