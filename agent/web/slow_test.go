package web

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/mjpeg"
)

// TestPatienceOfAWrite: a client is waited for as long as it takes something,
// however long a frame takes, and no longer.
func TestPatienceOfAWrite(t *testing.T) {
	const frame, patienceWrite = 32_000, 15 * time.Second
	for name, tt := range map[string]struct {
		every time.Duration // between two reads
		each  int           // bytes
		stops int           // bytes after which it reads no more
		from  time.Duration // when the write ends
		to    time.Duration
		want  error
	}{
		"at once":          {0, frame, frame, 0, 0, nil},
		"two minutes":      {14 * time.Second, 4000, frame, 7 * 14 * time.Second, 8 * 14 * time.Second, nil},
		"nothing":          {0, 0, 0, patienceWrite, patienceWrite * 6 / 5, os.ErrDeadlineExceeded},
		"slow, then stops": {8 * time.Second, 4000, 12_000, 24*time.Second + patienceWrite, 24*time.Second + patienceWrite*6/5, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := net.Pipe()
				var reader sync.WaitGroup
				reader.Go(func() {
					for n := 0; n < tt.stops; n += tt.each {
						time.Sleep(tt.every)
						_, _ = io.ReadFull(client, make([]byte, tt.each))
					}
				})
				s := &stream{conn: newConn(server, patienceWrite, nil)}
				begin := time.Now()
				err := s.write(make([]byte, frame))
				if d := time.Since(begin); !errors.Is(err, tt.want) || d < tt.from || d > tt.to {
					t.Errorf("%v after %v, want %v after %v to %v", err, d, tt.want, tt.from, tt.to)
				}
				_ = server.Close()
				reader.Wait()
			})
		})
	}
}

// TestASlowViewerThatMovesStays, for a frame that takes it several times as long
// as it may be silent. Its buffer is small, so that it takes little at a time.
func TestASlowViewerThatMovesStays(t *testing.T) {
	wait := usualPatience()
	wait.write, wait.linger = time.Second, time.Second
	for name, halfClosed := range map[string]bool{"open": false, "half-closed": true} {
		t.Run(name, func(t *testing.T) {
			s := newSiteWith(t, Config{}, wait)
			conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
			if halfClosed {
				closeSending(t, conn)
			}
			eventually(t, "joined", func() bool { return s.viewers() == 1 })
			s.hub.Publish(picture(t, 1, 400_000), time.Now())
			br := bufio.NewReader(readingSlowly(t, conn))
			readHead(t, br)
			parts, err := mjpeg.NewReader(br, mjpeg.ContentType)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			if _, err := parts.Next(); err != nil {
				t.Errorf("it was cut off after %v: %v", time.Since(begin), err)
			}
			if d := time.Since(begin); d < wait.write*3/2 {
				t.Errorf("the frame took %v: this test shows nothing", d)
			}
			_ = conn.Close()
		})
	}
}

// readingSlowly reads 8 KiB each 25 ms.
func readingSlowly(t *testing.T, conn net.Conn) io.Reader {
	t.Helper()
	if err := conn.(*net.TCPConn).SetReadBuffer(8 << 10); err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	t.Cleanup(func() { _ = r.Close() })
	go func() {
		tick := time.NewTicker(25 * time.Millisecond)
		defer tick.Stop()
		for b := make([]byte, 8<<10); ; <-tick.C {
			n, err := conn.Read(b)
			if _, full := w.Write(b[:n]); errors.Join(err, full) != nil {
				_ = w.CloseWithError(err)
				return
			}
		}
	}()
	return r
}

// TestASlowClientGetsItsWholeSnapshot, although it takes longer than anything else
// may: it takes something all the time.
func TestASlowClientGetsItsWholeSnapshot(t *testing.T) {
	wait := usualPatience()
	wait.header, wait.body, wait.write = time.Second, time.Second, time.Second
	s := newSiteWith(t, Config{}, wait)
	want := picture(t, 1, 800_000)
	s.hub.Publish(want, time.Now())
	begin := time.Now()
	conn := raw(t, s.addr, "GET /snapshot.jpg?settle=0 HTTP/1.1\r\nHost: pi\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(readingSlowly(t, conn)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d of %d bytes: %v", len(got), len(want), err)
	}
	if d := time.Since(begin); d < 2*wait.write {
		t.Errorf("it took %v: this test shows nothing", d)
	}
}

// TestAPausedViewerFindsLittleThatIsOld: frames must not queue in the socket,
// where they would age. What the kernel holds is what this viewer still has to
// read before it sees the newest frame.
func TestAPausedViewerFindsLittleThatIsOld(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the option that keeps frames from queueing is Linux's")
	}
	s := newSite(t, Config{})
	watch := func() *mjpeg.Reader {
		answer := request(t.Context(), t, "GET", s.url+"/video")
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	next := func(r *mjpeg.Reader) []byte {
		f, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		return f.JPEG
	}
	paused, other := watch(), watch()
	eventually(t, "joined", func() bool { return s.viewers() == 2 })
	const n = 150
	var newest []byte
	for i := range n {
		newest = picture(t, byte(i), 45_000)
		s.hub.Publish(newest, time.Now())
		next(other)
	}
	old := 0
	for !bytes.Equal(next(paused), newest) {
		old++
	}
	if old > 10 { // 3 as a rule, 88 without the option
		t.Errorf("%d of %d frames waited in the socket", old, n)
	}
}

// TestRepeatedPictureIsWholeWhileFramesCome: what an advance stream shows once
// more before a placeholder is not written over meanwhile.
func TestRepeatedPictureIsWholeWhileFramesCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := frames.NewHub(frames.Camera{Framerate: 30})
		client, server := net.Pipe()
		drawn := mjpeg.NewPart([]byte("drawn"), time.Now(), true)
		s := &stream{
			conn: newConn(server, time.Minute, nil), patience: patience{placeholder: time.Second}, advance: true,
			viewer: hub.Join(t.Context(), 0), placeholder: func() (mjpeg.Part, bool) { return drawn, true },
		}
		defer s.viewer.Leave()
		ended := make(chan struct{})
		go func() { defer close(ended); _ = s.run(nil) }()
		publish := func(fill byte) []byte {
			jpeg := bytes.Repeat([]byte{fill}, 1000)
			hub.Publish(jpeg, time.Now())
			return jpeg
		}
		read := func(what string, n int) []byte {
			b := make([]byte, n)
			if _, err := io.ReadFull(client, b); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			return b
		}
		first := mjpeg.NewPart(publish(1), time.Now(), false)
		read("the header", len(first.AdvanceHeader()))
		read("the picture", len(first.Advance))
		again := read("the picture again", 10)
		for fill := range byte(5) {
			publish(2 + fill)
		}
		again = append(again, read("the rest", len(first.Again)-10)...)
		if !bytes.Equal(again, first.Again) {
			t.Errorf("%d bytes of it are of another picture", len(first.JPEG)-bytes.Count(again, []byte{1}))
		}
		_ = client.Close()
		<-ended
	})
}
