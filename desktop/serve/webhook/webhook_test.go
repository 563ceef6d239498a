package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/cameras"
	"pigrid/desktop/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is in the URL of every hook, and must be in no log.
const secret = "s3cr3t"

// taker answers posts in place of a server; 0 is none that answers.
type taker struct {
	mu      sync.Mutex
	answers []int // the last one stays
	times   []time.Duration
	begin   time.Time
	titles  []string
}

func (k *taker) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var m Message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		return nil, err
	}
	k.times, k.titles = append(k.times, time.Since(k.begin)), append(k.titles, m.Title)
	status := k.answers[0]
	if len(k.answers) > 1 {
		k.answers = k.answers[1:]
	}
	if status == 0 {
		return nil, errors.New("nobody answers")
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{"Location": {"http://192.0.2.1/"}}}, nil
}

// run runs a hook in front of a taker and returns what it logged.
func run(t *testing.T, k *taker, lasts time.Duration, list ...notify.Notice) (logged string) {
	t.Helper()
	at, err := url.Parse("https://u:" + secret + "@hooks.example.org/" + secret + "?token=" + secret)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		h := New(at, slog.New(slog.NewTextHandler(&log, nil)))
		h.client.Transport = k
		k.begin = time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		h.Tell(list)
		go func() { defer close(done); h.Run(ctx) }()
		time.Sleep(lasts)
		cancel()
		<-done
	})
	if strings.Contains(log.String(), secret) {
		t.Errorf("the log has the secret: %s", &log)
	}
	return log.String()
}

func TestAttempts(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []int
		want    int // attempts
		logged  string
	}{
		"taken":                 {[]int{200}, 1, ""},
		"taken without words":   {[]int{204}, 1, ""},
		"taken later":           {[]int{500, 0, 429, 200}, 4, "tried again"},
		"never answered":        {[]int{0}, len(pauses) + 1, "left out"},
		"never well":            {[]int{503}, len(pauses) + 1, "it answered 503"},
		"not wanted":            {[]int{404}, 1, "it answered 404 Not Found"},
		"sent elsewhere":        {[]int{307}, 1, "which is not followed"},
		"no longer well, later": {[]int{503, 401}, 2, "it answered 401"},
	} {
		k := &taker{answers: tt.answers}
		logged := run(t, k, time.Hour, notify.Notice{Title: "a"})
		if len(k.times) != tt.want || !strings.Contains(logged, tt.logged) || tt.logged == "" && logged != "" {
			t.Errorf("%s: %v, %s", name, k.times, logged)
		}
	}
}

// TestPauses grow, and others wait in order meanwhile.
func TestPauses(t *testing.T) {
	k := &taker{answers: []int{0, 0, 0, 200}}
	run(t, k, time.Hour, notify.Notice{Title: "a"}, notify.Notice{Title: "b"})
	if got := fmt.Sprint(k.times, k.titles); got != "[0s 2s 12s 42s 42s] [a a a a b]" {
		t.Error(got)
	}
}

func TestTooMany(t *testing.T) {
	k := &taker{answers: []int{200}}
	var list []notify.Notice
	for i := range waiting + 3 {
		list = append(list, notify.Notice{Title: fmt.Sprint(i)})
	}
	if logged := run(t, k, time.Second, list...); len(k.titles) != waiting || strings.Count(logged, "left out") != 3 {
		t.Errorf("%d posts, %s", len(k.titles), logged)
	}
}

// TestTheEnd does not wait for a pause, or for an answer.
func TestTheEnd(t *testing.T) {
	k := &taker{answers: []int{0}}
	if run(t, k, 3*time.Second, notify.Notice{Title: "a"}, notify.Notice{Title: "b"}); len(k.times) != 2 {
		t.Errorf("%v", k.times)
	}
}

// TestOverHTTP is one post as a server sees it.
func TestOverHTTP(t *testing.T) {
	type seen struct{ method, kind, user, password, query, body string }
	got := make(chan seen, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		got <- seen{r.Method, r.Header.Get("Content-Type"), user, password, r.URL.RawQuery, string(body)}
	}))
	defer s.Close()
	at, err := url.Parse(strings.Replace(s.URL, "http://", "http://u:"+secret+"@", 1) + "/hook?tpl=1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	h, done := New(at, slog.New(slog.DiscardHandler)), make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	h.Tell([]notify.Notice{{Title: "Garage: no pictures", Body: "Since 12:00."}})
	if one := <-got; one != (seen{"POST", "application/json", "u", secret, "tpl=1", `{"title":"Garage: no pictures","message":"Since 12:00.","event":"","cameras":[],"more":0}`}) {
		t.Errorf("%+v", one)
	}
	cancel()
	<-done
}

func TestMessages(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	event := func(name string, state cameras.State, back bool) notify.Event {
		e := notify.Event{Sample: notify.Sample{Key: "agent:1/" + name, Name: name, State: state}, Back: back, Since: at}
		if back {
			e.Until = at.Add(time.Minute)
		}
		return e
	}
	lost, failed, again := event("Garage", cameras.Offline, false), event("Porch", cameras.CameraError, false), event("Shed", cameras.Live, true)
	for name, tt := range map[string]struct {
		events []notify.Event
		want   string
		all    string // of the cameras
	}{
		"gone":   {[]notify.Event{lost}, gone, "gone The Pi does not answer."},
		"failed": {[]notify.Event{failed}, cameraError, "camera-error Its camera gives no pictures."},
		"back":   {[]notify.Event{again}, back, "back "},
		"mixed":  {[]notify.Event{failed, lost, failed}, gone, "camera-error Its camera gives no pictures.|gone The Pi does not answer.|camera-error Its camera gives no pictures."},
	} {
		m := messageOf(notify.Notice{Title: "t", Events: tt.events})
		var all []string
		for _, c := range m.Cameras {
			all = append(all, c.Event+" "+c.Why)
		}
		if m.Event != tt.want || strings.Join(all, "|") != tt.all || m.More != 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if text := string(encode(notify.Notice{Events: []notify.Event{again}})); !strings.Contains(text, `"since":"2026-11-30T12:00:00Z","until":"2026-11-30T12:01:00Z"`) {
		t.Error(text)
	}
	var many []notify.Event
	for range 1024 {
		e := event(strings.Repeat("é", 1000), cameras.CameraError, false)
		e.Key, e.Message = "agent:1/cam", strings.Repeat("<", 1000)
		many = append(many, e)
	}
	m := messageOf(notify.Notice{Events: many})
	if text := encode(notify.Notice{Events: many}); len(m.Cameras) != maxListed || m.More != 1024-maxListed || len(text) > 128<<10 {
		t.Errorf("%d bytes, %d cameras", len(text), len(m.Cameras))
	}
}
