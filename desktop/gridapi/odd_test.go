package gridapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// oddCamera is a camera that speaks HTTP oddly: each answer is bytes, and what is
// repeated every 50 ms behind them until the other side leaves; without that the
// answer ends.
type oddCamera struct {
	addr   string
	answer func(n int, question string) (first, again string)

	guests    guests
	mu        sync.Mutex
	questions []string // first lines
}

func newOdd(t *testing.T, answer func(n int, question string) (first, again string)) *oddCamera {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &oddCamera{addr: l.Addr().String(), answer: answer}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				stop := context.AfterFunc(ctx, func() { _ = c.Close() })
				defer stop()
				o.talk(c)
			})
		}
	})
	t.Cleanup(func() { cancel(); _ = l.Close(); wg.Wait() })
	return o
}

func (o *oddCamera) talk(c net.Conn) {
	question := make([]byte, 4096)
	n, err := c.Read(question)
	if err != nil {
		return
	}
	line, _, _ := strings.Cut(string(question[:n]), "\r\n")
	o.mu.Lock()
	o.questions = append(o.questions, line)
	count := len(o.questions)
	o.mu.Unlock()
	o.guests.enter(c)
	first, again := o.answer(count, line)
	defer o.guests.leave(c)
	if again == "" { // whoever has the whole answer may ask again
		o.guests.leave(c)
	}
	_, err = io.WriteString(c, first)
	for err == nil && again != "" {
		_, err = io.WriteString(c, again)
		time.Sleep(50 * time.Millisecond)
	}
}

func (o *oddCamera) saw() (questions []string, most int) {
	_, most = o.guests.count()
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.questions...), most
}

// TestOddCameras: what real cameras and programs were reported to do. Each is live
// in the end and never anything worse, with one connection at a time.
func TestOddCameras(t *testing.T) {
	t.Parallel()
	jpeg := string(testJPEG(t))
	const ok, mixed = "HTTP/1.1 200 OK\r\n", "Content-Type: multipart/x-mixed-replace; boundary=x\r\n"
	part := fmt.Sprintf("--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(jpeg), jpeg)
	snapshot := fmt.Sprintf("%sContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s", ok, len(jpeg), jpeg)
	stream := func(first, again string) func(int, string) (string, string) {
		return func(int, string) (string, string) { return first, again }
	}
	moved := func(status, first, again string) func(int, string) (string, string) {
		return func(_ int, question string) (string, string) {
			if strings.HasPrefix(question, "GET /v ") {
				return "HTTP/1.1 " + status + "\r\nLocation: /v/\r\nContent-Length: 0\r\n\r\n", ""
			}
			return first, again
		}
	}
	tests := map[string]struct {
		answer func(int, string) (string, string)
		asked  int // in three seconds, 0 for about once a second
	}{
		"all in order":                  {stream(ok+mixed+"\r\n", part), 1},
		"a length of -1":                {stream(ok+mixed+"Content-Length: -1\r\n\r\n", part), 1},
		"ICY":                           {stream("ICY 200 OK\r\n"+mixed+"\r\n", part), 1},
		"no type":                       {stream(ok+"\r\n", part), 1},
		"octets":                        {stream(ok+"Content-Type: application/octet-stream\r\n\r\n", part), 1},
		"a web page's type":             {stream(ok+"Content-Type: text/html\r\n\r\n", part), 1},
		"no head":                       {stream("", part), 1},
		"JPEGs one after the other":     {stream(ok+"\r\n", jpeg), 1},
		"JPEGs, called a picture":       {stream(ok+"Content-Type: image/jpeg\r\n\r\n", jpeg), 1},
		"JPEGs, called a stream":        {stream(ok+mixed+"\r\n", jpeg), 1},
		"moved":                         {moved("301 Moved", ok+mixed+"\r\n", part), 2},
		"moved, a snapshot":             {moved("302 Found", snapshot, ""), 0},
		"a snapshot":                    {stream(snapshot, ""), 0},
		"a snapshot without a type":     {stream(ok+"\r\n"+jpeg, ""), 0},
		"a snapshot with a bad head":    {stream(ok+"oops\r\nContent-Length: -1\r\n\r\n"+jpeg, ""), 0},
		"a snapshot as a stream of one": {stream(ok+mixed+"\r\n"+part+"--x\r\n", ""), 0},
		"a snapshot that is empty first": {func(n int, _ string) (string, string) {
			return []string{snapshot, ok + "Content-Type: image/jpeg\r\n\r\n"}[b2i(n == 1)], ""
		}, 0},
		"a snapshot that fails each third time": {func(n int, _ string) (string, string) {
			return []string{snapshot, "HTTP/1.1 500 Oops\r\n\r\n"}[b2i(n%3 == 0)], ""
		}, 0},
	}
	d := startDesk(t, "", nil)
	d.look(t)
	begin := time.Now()
	cams, names := map[string]*oddCamera{}, map[string]string{} // by key
	for name, tt := range tests {
		o := newOdd(t, tt.answer)
		r := d.Add("http://" + o.addr + "/v")
		if !r.OK() {
			t.Errorf("%s: got %+v", name, r)
			continue
		}
		cams[r.Keys[0]], names[r.Keys[0]] = o, name
	}
	for key, name := range names {
		eventually(t, 5*time.Second, name, func() bool { return d.camera(key).State == cameras.Live })
	}
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, c := range d.State().Cameras {
			if c.State != cameras.Live {
				t.Fatalf("%s became %+v", names[c.Key], c)
			}
		}
	}
	polls := int(time.Since(begin).Seconds())
	for key, o := range cams {
		questions, most := o.saw()
		asked := tests[names[key]].asked
		if most > 1 || asked > 0 && len(questions) != asked || asked == 0 && (len(questions) < 3 || len(questions) > 2*polls+6) {
			t.Errorf("%s: asked %q in %d s, %d at once", names[key], questions, polls, most)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestBadHTTPHasWordsOfItsOwn: who answers is neither off nor unreachable, when it
// is added and later.
func TestBadHTTPHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	jpeg := string(testJPEG(t))
	var mu sync.Mutex
	broken := true
	o := newOdd(t, func(int, string) (string, string) {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return "RTSP/1.0 400 Bad Request\r\n\r\n", ""
		}
		return "HTTP/1.1 200 OK\r\n\r\n" + jpeg, ""
	})
	set := func(b bool) { mu.Lock(); defer mu.Unlock(); broken = b }
	d := startDesk(t, "", nil)
	d.look(t)
	if r := d.Add("http://" + o.addr + "/v"); r.OK() || r.Reason != cameras.ReasonBadHTTP {
		t.Errorf("got %+v", r)
	}
	set(false)
	key := d.addLive(t, "http://"+o.addr+"/v")
	set(true)
	d.eventually(t, 10*time.Second, key, cameras.CameraError)
	if c := d.camera(key); c.Reason != cameras.ReasonBadHTTP {
		t.Errorf("got %+v", c)
	}
}

// TestCamerasThatStreamAtEveryPath answer the question for an agent's status with
// their stream, too. The host and the port of one are enough all the same.
func TestCamerasThatStreamAtEveryPath(t *testing.T) {
	t.Parallel()
	jpeg := string(testJPEG(t))
	part := fmt.Sprintf("--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(jpeg), jpeg)
	const ok, mixed = "HTTP/1.1 200 OK\r\n", "Content-Type: multipart/x-mixed-replace; boundary=x\r\n"
	for name, tt := range map[string]struct{ head, again string }{
		"all in order":              {ok + mixed + "\r\n", part},
		"a length of -1":            {ok + mixed + "Content-Length: -1\r\n\r\n", part},
		"no type":                   {ok + "\r\n", part},
		"octets":                    {ok + "Content-Type: application/octet-stream\r\n\r\n\r\n", part},
		"JPEGs, called JSON":        {ok + "Content-Type: application/json\r\n\r\n", jpeg},
		"no picture for the moment": {ok + mixed + "\r\n", "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDesk(t, "", nil)
			d.look(t)
			o := newOdd(t, func(n int, _ string) (string, string) {
				if n > 1 && tt.again == "\r\n" {
					return tt.head, part
				}
				return tt.head, tt.again
			})
			begin := time.Now()
			r := d.Add(o.addr)
			if !r.OK() {
				t.Fatalf("got %+v", r)
			}
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			d.eventually(t, 5*time.Second, r.Keys[0], cameras.Live)
		})
	}
}

// TestASnapshotThatFailsWhenItIsAdded is asked again soon, as it is later: somebody
// is waiting for it.
func TestASnapshotThatFailsWhenItIsAdded(t *testing.T) {
	t.Parallel()
	jpeg := string(testJPEG(t))
	for name, first := range map[string]string{
		"busy":                  "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
		"an error":              "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
		"closed without a word": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDesk(t, "", nil)
			d.look(t)
			o := newOdd(t, func(n int, _ string) (string, string) {
				if n == 1 {
					return first, ""
				}
				return "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg, ""
			})
			d.addLive(t, "http://"+o.addr+"/v")
		})
	}
	d := startDesk(t, "", nil)
	d.look(t)
	o := newOdd(t, func(int, string) (string, string) { return "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "" })
	if r := d.Add("http://" + o.addr + "/v"); r.OK() || r.Reason != cameras.ReasonBusy {
		t.Errorf("busy all the time: got %+v", r)
	}
	if questions, most := o.saw(); len(questions) != 3 || most != 1 {
		t.Errorf("busy all the time: asked %q, %d at once", questions, most)
	}
}
