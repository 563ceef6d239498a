package feed

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
)

// answers is a camera that gives an answer to each question, by its number from 1.
type answers struct {
	give func(n int) (contentType, body string, err error)

	mu    sync.Mutex
	asked []time.Time
	open  int
	most  int
}

func (*answers) Alive(context.Context, endpoint.Endpoint) error { return nil }

func (a *answers) Open(_ context.Context, _ client.Source) (*client.Stream, error) {
	a.mu.Lock()
	a.asked = append(a.asked, time.Now())
	n := len(a.asked)
	a.mu.Unlock()
	contentType, body, err := a.give(n)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open++
	a.most = max(a.most, a.open)
	done := sync.OnceFunc(func() { a.mu.Lock(); a.open--; a.mu.Unlock() })
	return &client.Stream{Body: closing{stuck(body), done}, ContentType: contentType}, nil
}

// hang at the end of a body stands for a connection that stays open.
const hang = "\x00hang"

// stuck is a body that ends, unless it hangs.
func stuck(body string) io.ReadCloser {
	given, hangs := bytes.CutSuffix([]byte(body), []byte(hang))
	r, w := io.Pipe()
	go func() {
		if _, err := w.Write(given); err == nil && !hangs {
			_ = w.Close()
		}
	}()
	return r
}

// watchAnswers runs a Feed on a camera that was tried, and returns its states by
// the tenth of a second.
func watchAnswers(t *testing.T, a *answers, d time.Duration) (states []cameras.State, f *Feed) {
	t.Helper()
	connection, failure := Try(t.Context(), a, []Target{foreign})
	if failure != nil {
		t.Fatalf("not accepted: %v", failure)
	}
	model, _, _ := start(t)
	f = New(Config{Opener: a, Group: model.cfg.Group, Arrived: func(Frame) {}, Doubted: func() {}, Early: 2 * d, Logger: model.cfg.Logger, First: connection})
	f.SetTarget(foreign)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.Run(ctx) })
	for begin := time.Now(); time.Since(begin) < d; {
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		states = append(states, f.state())
	}
	cancel()
	wg.Wait()
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.most > 1 || a.open > 0 {
		t.Errorf("%d answers at once, %d are open", a.most, a.open)
	}
	return states, f
}

// TestAnswersThatFailNowAndThen: a camera without a stream is live for as long as
// pictures come, whatever some of its answers are.
func TestAnswersThatFailNowAndThen(t *testing.T) {
	jpeg := string(picture(t))
	part := "--x\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg + "\r\n"
	const multipart = "multipart/x-mixed-replace; boundary=x"
	busy := func(wait time.Duration) error {
		return &cameras.Failure{Reason: cameras.ReasonBusy, Status: 503, RetryAfter: wait}
	}
	often := func(contentType, body string, err error) func(int) (string, string, error) {
		return func(n int) (string, string, error) {
			if n%3 == 0 {
				return contentType, body, err
			}
			return "image/jpeg", jpeg, nil
		}
	}
	always := func(contentType, body string) func(int) (string, string, error) {
		return func(int) (string, string, error) { return contentType, body, nil }
	}
	for name, give := range map[string]func(n int) (string, string, error){
		"nothing at first": func(n int) (string, string, error) {
			if n == 1 {
				return "image/jpeg", "", nil
			}
			return "image/jpeg", jpeg, nil
		},
		"nothing at first, twice, without a label": func(n int) (string, string, error) {
			if n < 3 {
				return "", "", nil
			}
			return "", jpeg, nil
		},
		"nothing now and then":         often("image/jpeg", "", nil),
		"cut off now and then":         often("image/jpeg", jpeg[:len(jpeg)/2], nil),
		"a page now and then":          often("text/html", "<html>busy", nil),
		"busy now and then":            often("", "", busy(0)),
		"busy for two seconds":         often("", "", busy(2*time.Second)),
		"500 now and then":             often("", "", &cameras.Failure{Reason: cameras.ReasonBadStream, Status: 500}),
		"refused now and then":         often("", "", &cameras.Failure{Reason: cameras.ReasonRefused}),
		"bad HTTP now and then":        often("", "", &cameras.Failure{Reason: cameras.ReasonBadHTTP}),
		"connections that stay open":   always("image/jpeg", jpeg+hang),
		"a picture without a label":    always("", jpeg),
		"a picture as octets":          always("application/octet-stream", jpeg),
		"a stream of one part":         always(multipart, part+"--x\r\n"),
		"a stream of one part, closed": always(multipart, part+"--x--\r\n"),
		"one part and half":            always(multipart, part+part[:len(part)/2]),
		"a stream of two parts":        always(multipart, part+part),
		"two pictures":                 always("image/jpeg", jpeg+jpeg),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &answers{give: give}
				states, f := watchAnswers(t, a, time.Minute)
				states = slices.DeleteFunc(states, func(s cameras.State) bool { return s == cameras.Live })
				if len(states) > 30 || slices.ContainsFunc(states, func(s cameras.State) bool { return s != cameras.Connecting }) {
					t.Errorf("not always live: %v", states)
				}
				if shown, asked := f.Frame().Seq, len(a.asked); shown < 30 || asked < 40 || asked > 100 {
					t.Errorf("%d pictures of %d answers in a minute", shown, asked)
				}
			})
		})
	}
}

// TestAnswersThatFailForGood: the tile says so, and why.
func TestAnswersThatFailForGood(t *testing.T) {
	jpeg := string(picture(t))
	for name, tt := range map[string]struct {
		contentType, body string
		err               error
		want              cameras.State
		within            time.Duration
	}{
		"nothing listens":  {"", "", &cameras.Failure{Reason: cameras.ReasonRefused}, cameras.Offline, 7 * time.Second},
		"a web page":       {"text/html", "<html>", nil, cameras.Offline, 7 * time.Second},
		"nothing comes":    {"image/jpeg", "", nil, cameras.Offline, 9 * time.Second},
		"it hangs":         {"image/jpeg", hang, nil, cameras.Offline, 20 * time.Second},
		"busy":             {"", "", &cameras.Failure{Reason: cameras.ReasonBusy}, cameras.CameraError, 7 * time.Second},
		"busy for minutes": {"", "", &cameras.Failure{Reason: cameras.ReasonBusy, RetryAfter: time.Minute}, cameras.CameraError, 2 * time.Second},
		"another password": {"", "", &cameras.Failure{Reason: cameras.ReasonUnauthorized}, cameras.Refused, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &answers{give: func(n int) (string, string, error) {
					if n > 10 {
						return tt.contentType, tt.body, tt.err
					}
					return "image/jpeg", jpeg, nil
				}}
				states, _ := watchAnswers(t, a, 9*time.Second+tt.within)
				last := states[len(states)-5:]
				if !slices.Contains(states, tt.want) || slices.Contains(last, cameras.Live) {
					t.Errorf("%v after ten pictures it is %v", tt.within, last)
				}
				if len(a.asked) > 30 {
					t.Errorf("asked %d times", len(a.asked))
				}
			})
		})
	}
}

// TestASnapshotAfterIdle: who looks again sees no outage when only the first answer
// fails.
func TestASnapshotAfterIdle(t *testing.T) {
	jpeg := string(picture(t))
	synctest.Test(t, func(t *testing.T) {
		bad := 0
		a := &answers{give: func(n int) (string, string, error) {
			if n == bad {
				return "", "", &cameras.Failure{Reason: cameras.ReasonBadStream, Status: 500}
			}
			return "image/jpeg", jpeg, nil
		}}
		_, f := watchAnswers(t, a, 5*time.Second)
		bad = len(a.asked) + 1
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { f.Run(ctx) })
		for range 30 {
			f.Want(grid())
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			if s := f.state(); s != cameras.Connecting && s != cameras.Live {
				t.Errorf("it is %s", s)
			}
		}
		if s := f.state(); s != cameras.Live {
			t.Errorf("at last %s", s)
		}
		cancel()
		wg.Wait()
	})
}

// TestAnswersOfNoCamera: what gives no picture from the start is not asked for long.
func TestAnswersOfNoCamera(t *testing.T) {
	for name, tt := range map[string]struct {
		contentType, body string
		asked             int
	}{
		"a web page":      {"text/html", "<html>", 1},
		"nothing":         {"", "", fewFailures},
		"half a picture":  {"image/jpeg", "\xff\xd8\xff", fewFailures},
		"an empty stream": {"multipart/x-mixed-replace", "--x\r\n", fewFailures},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := &answers{give: func(int) (string, string, error) { return tt.contentType, tt.body, nil }}
			_, failure := Try(t.Context(), a, []Target{foreign})
			if failure == nil || len(a.asked) != tt.asked || a.open != 0 {
				t.Errorf("%s: %v, asked %d times, %d open", name, failure, len(a.asked), a.open)
			}
		})
	}
}
