package relay

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/feed"
	"pigrid/desktop/serve/servetest"
	"pigrid/shared/mjpeg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves the cameras of these agents.
func start(t *testing.T, maxViewers int, agents ...*servetest.Agent) (url string) {
	t.Helper()
	r := New(servetest.Engine(t, agents...), maxViewers, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cameras", r.List)
	mux.HandleFunc("GET /cameras/{camera...}", r.Camera(ctx))
	s := httptest.NewServer(mux)
	t.Cleanup(func() { cancel(); s.Close(); r.Wait() })
	return s.URL
}

// reply is an answer whose body the test closes at its end.
type reply struct{ *http.Response }

func get(t *testing.T, method, url string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	answer, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return reply{answer}
}

// TestOneConnection serves any number of viewers, and ends when nobody looks.
func TestOneConnection(t *testing.T) {
	a := servetest.NewAgent(t)
	url := start(t, 64, a)
	var open []reply
	for range 10 {
		answer := get(t, http.MethodGet, url+"/cameras/"+servetest.Key+"/video")
		open = append(open, answer)
	}
	for _, answer := range open {
		body := bufio.NewReader(answer.Body)
		for range 5 {
			readPart(t, body)
		}
	}
	// For more pictures there is another one, and the first ends when that gives some.
	servetest.Eventually(t, 4*time.Second, "one connection to the camera", func() bool { now, _, _ := a.Streams(); return now == 1 })
	if _, most, _ := a.Streams(); most > 2 {
		t.Errorf("%d connections to the camera at once", most)
	}
	for _, answer := range open {
		answer.Body.Close()
	}
	servetest.Eventually(t, 4*time.Second, "the camera is left alone", func() bool { now, _, _ := a.Streams(); return now == 0 })
}

// readPart reads one part and returns its JPEG.
func readPart(t *testing.T, body *bufio.Reader) (jpeg []byte, header string) {
	t.Helper()
	if line, err := body.ReadString('\n'); err != nil || line != "--"+mjpeg.Boundary+"\r\n" {
		t.Fatalf("%q %v in place of a boundary", line, err)
	}
	length := 0
	for {
		line, err := body.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "\r\n" {
			break
		}
		header += line
		_, _ = fmt.Sscanf(line, "Content-Length: %d", &length)
	}
	jpeg = make([]byte, length)
	if _, err := io.ReadFull(body, jpeg); err != nil {
		t.Fatal(err)
	}
	if end, err := body.ReadString('\n'); err != nil || end != "\r\n" {
		t.Fatalf("%q %v behind the picture", end, err)
	}
	return jpeg, header
}

// TestBytes are those of an agent's stream, for programs and for browsers.
func TestBytes(t *testing.T) {
	url := start(t, 64, servetest.NewAgent(t)) + "/cameras/" + servetest.Key + "/video"
	answer := get(t, http.MethodGet, url)
	if answer.Header.Get("Content-Type") != mjpeg.ContentType || answer.Header.Get("Cache-Control") != "no-store" || !answer.Close || answer.TransferEncoding != nil {
		t.Errorf("%v %v", answer.Header, answer.TransferEncoding)
	}
	body := bufio.NewReader(answer.Body)
	seen := map[string]bool{}
	for range 20 {
		jpeg, header := readPart(t, body)
		if !strings.HasPrefix(header, "Content-Type: image/jpeg\r\nContent-Length: ") || !strings.Contains(header, "\r\nX-Timestamp: ") {
			t.Fatalf("%q", header)
		}
		seen[string(jpeg)] = true
	}
	if len(seen) != 2 || !seen[string(servetest.Picture(0))] || !seen[string(servetest.Picture(255))] {
		t.Error("the pictures are not those of the camera, byte for byte")
	}
	ahead := bufio.NewReader(get(t, http.MethodGet, url, "Accept", "image/avif,*/*").Body)
	want := "--" + mjpeg.Boundary + "\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8"
	head := make([]byte, len(want))
	if _, err := io.ReadFull(ahead, head); err != nil || string(head) != want {
		t.Errorf("a browser gets %q, %v", head, err)
	}
	if answer := get(t, http.MethodHead, url); answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != mjpeg.ContentType {
		t.Errorf("HEAD: %s %v", answer.Status, answer.Header)
	}
}

// TestRate is what was asked for.
func TestRate(t *testing.T) {
	url := start(t, 64, servetest.NewAgent(t)) + "/cameras/" + servetest.Key + "/video"
	body := bufio.NewReader(get(t, http.MethodGet, url+"?fps=10").Body)
	readPart(t, body)
	begin := time.Now()
	for range 5 {
		readPart(t, body)
	}
	if took := time.Since(begin); took < 350*time.Millisecond {
		t.Errorf("5 frames at 10 a second took %v", took)
	}
}

// TestTheFirstPicture is as large as was asked for, though a page has the camera small:
// programs take its size for that of all.
func TestTheFirstPicture(t *testing.T) {
	e := servetest.Engine(t, servetest.NewAgent(t))
	r := New(e, 4, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	ctx, cancel := context.WithCancel(context.Background())
	mux.HandleFunc("GET /cameras/{camera...}", r.Camera(ctx))
	s := httptest.NewServer(mux)
	t.Cleanup(func() { cancel(); s.Close(); r.Wait() })
	small := func() {
		servetest.Eventually(t, 10*time.Second, "the page has it small", func() bool {
			e.Streams.Look([]feed.Wish{{Key: servetest.Key, Rendition: feed.Rendition{FPS: 10, Width: 8}}})
			width, _, _ := mjpeg.Size(e.Streams.Get(servetest.Key).Frame().JPEG)
			return width == 8
		})
	}
	url := s.URL + "/cameras/" + servetest.Key
	for query, want := range map[string]int{"": 16, "?width=16": 16, "?width=8": 8} {
		small()
		answer := get(t, http.MethodGet, url+"/video"+query)
		jpeg, _ := readPart(t, bufio.NewReader(answer.Body))
		answer.Body.Close()
		if width, _, _ := mjpeg.Size(jpeg); width != want {
			t.Errorf("/video%s begins with %d pixels across, want %d", query, width, want)
		}
	}
}

// TestSlowViewers skip frames: what they get next is the newest.
func TestSlowViewers(t *testing.T) {
	e := servetest.Engine(t, servetest.NewAgent(t))
	r := New(e, 4, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe() // takes nothing by itself
	done := make(chan struct{})
	f := e.Streams.Get(servetest.Key)
	go func() {
		defer close(done)
		_ = r.stream(ctx, write, &viewer{feed: f, wish: feed.Wish{Key: servetest.Key}}, false, []byte(mjpeg.Opening))
	}()
	body := bufio.NewReader(read)
	readPart(t, body)
	before := f.Frame().Seq
	servetest.Eventually(t, 5*time.Second, "20 frames that it does not take", func() bool {
		e.Streams.Look([]feed.Wish{{Key: servetest.Key}})
		return f.Frame().Seq > before+20
	})
	old := f.Frame().At
	readPart(t, body) // was being written
	_, header := readPart(t, body)
	stamp := 0.0
	if _, err := fmt.Sscanf(header[strings.Index(header, "X-Timestamp"):], "X-Timestamp: %f", &stamp); err != nil || stamp < float64(old.UnixMicro())/1e6-0.001 {
		t.Errorf("%q is older than %v: %v", header, old, err)
	}
	cancel()
	read.Close()
	<-done
	r.parts.mu.Lock()
	defer r.parts.mu.Unlock()
	if len(r.parts.newest) != 0 {
		t.Error("the last part is kept for nobody")
	}
}

func TestSnapshots(t *testing.T) {
	a := servetest.NewAgent(t)
	url := start(t, 64, a) + "/cameras/" + servetest.Key + "/snapshot.jpg"
	for range 3 {
		answer := get(t, http.MethodGet, url)
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/jpeg" {
			t.Fatalf("%s %v %v", answer.Status, answer.Header, err)
		}
		if string(body) != string(servetest.Picture(0)) && string(body) != string(servetest.Picture(255)) {
			t.Error("not a picture of the camera, byte for byte")
		}
	}
	if answer := get(t, http.MethodHead, url); answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("HEAD: %s", answer.Status)
	}
	a.CloseClientConnections()
	a.Close()
	answer := get(t, http.MethodGet, url)
	body, _ := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "Porch gives no picture") || !strings.Contains(string(body), "does not answer") {
		t.Errorf("%s %s", answer.Status, body)
	}
}

func TestMistakes(t *testing.T) {
	url := start(t, 1, servetest.NewAgent(t))
	for path, want := range map[string]int{
		"/cameras/none/video": 404, "/cameras/video": 404, "/cameras/" + servetest.Key: 404, "/cameras/" + servetest.Key + "/": 404,
		"/cameras/" + servetest.Key + "/video/video": 404, "/cameras/agent:" + servetest.ID + "/other/video": 404,
		"/cameras/" + servetest.Key + "/video?fps=0": 400, "/cameras/" + servetest.Key + "/video?fps=NaN": 400,
		"/cameras/" + servetest.Key + "/video?width=x": 400, "/cameras/" + servetest.Key + "/snapshot.jpg?width=0": 400,
		"/cameras/" + strings.Replace(servetest.Key, "/", "%2F", 1) + "/snapshot.jpg": 200,
	} {
		answer := get(t, http.MethodGet, url+path)
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != want || want >= 400 && !strings.Contains(string(body), `"detail":"`) {
			t.Errorf("%s: %s %s", path, answer.Status, body)
		}
	}
	first := get(t, http.MethodGet, url+"/cameras/"+servetest.Key+"/video")
	readPart(t, bufio.NewReader(first.Body))
	if answer := get(t, http.MethodGet, url+"/cameras/"+servetest.Key+"/video"); answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("the second of one stream: %s", answer.Status)
	}
	first.Body.Close()
	servetest.Eventually(t, 5*time.Second, "its place is free", func() bool {
		return get(t, http.MethodGet, url+"/cameras/"+servetest.Key+"/video").StatusCode == http.StatusOK
	})
}

func TestList(t *testing.T) {
	url := start(t, 64, servetest.NewAgent(t))
	var list struct{ Cameras []Listed }
	if err := json.NewDecoder(get(t, http.MethodGet, url+"/cameras").Body).Decode(&list); err != nil || len(list.Cameras) != 1 {
		t.Fatal(list, err)
	}
	c := list.Cameras[0]
	if c.Key != servetest.Key || c.Name != "Porch" {
		t.Errorf("%+v", c)
	}
	if answer := get(t, http.MethodGet, url+c.Snapshot); answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", c.Snapshot, answer.Status)
	}
	readPart(t, bufio.NewReader(get(t, http.MethodGet, url+c.Video).Body))
}

// TestOneAddressMakesRoom for others, and takes nothing from them.
func TestOneAddressMakesRoom(t *testing.T) {
	r := New(servetest.Engine(t, servetest.NewAgent(t)), 3, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cameras/{camera...}", func(w http.ResponseWriter, req *http.Request) {
		req.RemoteAddr = req.URL.Query().Get("from") + ":1"
		r.Camera(ctx)(w, req)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() { cancel(); r.Wait(); s.Close() })
	watch := func(from string) (reply, *bufio.Reader) {
		answer := get(t, http.MethodGet, s.URL+"/cameras/"+servetest.Key+"/video?from="+from)
		if answer.StatusCode == http.StatusOK {
			body := bufio.NewReader(answer.Body)
			readPart(t, body)
			return answer, body
		}
		return answer, nil
	}
	_, oldest := watch("10.0.0.1")
	watch("10.0.0.1")
	_, newest := watch("10.0.0.1")
	if answer, _ := watch("10.0.0.1"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a fourth of one address: %s", answer.Status)
	}
	if answer, _ := watch("10.0.0.2"); answer.StatusCode != http.StatusOK {
		t.Fatalf("another address: %s", answer.Status)
	}
	if _, err := io.Copy(io.Discard, newest); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("who made room: %v", err)
	}
	readPart(t, oldest)
	if answer, _ := watch("10.0.0.1"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("it takes the place back: %s", answer.Status)
	}
}

// TestTheEnd comes at once, with streams open.
func TestTheEnd(t *testing.T) {
	r := New(servetest.Engine(t, servetest.NewAgent(t)), 4, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cameras/{camera...}", r.Camera(ctx))
	s := httptest.NewServer(mux)
	defer s.Close()
	body := get(t, http.MethodGet, s.URL+"/cameras/"+servetest.Key+"/video").Body
	readPart(t, bufio.NewReader(body))
	cancel()
	begin := time.Now()
	r.Wait()
	if took := time.Since(begin); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if r.enter(netip.Addr{}, servetest.Key, nil) != nil {
		t.Error("another one may begin")
	}
}
