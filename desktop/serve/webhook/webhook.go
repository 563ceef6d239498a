// Package webhook posts what happens to cameras to one URL.
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
	"net/url"
	"time"

	"pigrid/desktop/notify"
)

const (
	// waiting is how many posts may wait. More are left out.
	waiting = 64
	// answerTime is how long one attempt may take.
	answerTime = 10 * time.Second
	// maxRead is how many bytes of an answer are read, so that its connection can be kept.
	maxRead = 4 << 10
)

// pauses are those between the attempts to post one thing.
var pauses = [...]time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}

// Hook posts to a URL, one thing after the other. The URL may hold a secret: neither the
// log nor an error has it.
type Hook struct {
	url    string
	client *http.Client
	log    *slog.Logger
	queue  chan notify.Notice
}

// New returns a Hook that posts nothing before Run.
func New(at *url.URL, log *slog.Logger) *Hook {
	return &Hook{
		url: at.String(), log: log, queue: make(chan notify.Notice, waiting),
		client: &http.Client{
			Timeout:       answerTime,
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConns: 1, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Tell has these posted. It never waits.
func (h *Hook) Tell(list []notify.Notice) {
	for _, n := range list {
		select {
		case h.queue <- n:
		default:
			h.log.Warn("the webhook is too slow: a message was left out", "title", n.Title)
		}
	}
}

// Run posts until ctx ends.
func (h *Hook) Run(ctx context.Context) {
	defer h.client.CloseIdleConnections()
	for ctx.Err() == nil {
		select {
		case n := <-h.queue:
			h.deliver(ctx, n)
		case <-ctx.Done():
		}
	}
}

// deliver tries to post one thing, some times.
func (h *Hook) deliver(ctx context.Context, n notify.Notice) {
	body := encode(n)
	for attempt := 0; ; attempt++ {
		err := h.post(ctx, body)
		if err == nil || ctx.Err() != nil {
			return
		}
		var final *refusedError
		if errors.As(err, &final) && !final.again() || attempt == len(pauses) {
			h.log.Error("the webhook did not take a message: it is left out", "title", n.Title, "error", err)
			return
		}
		if attempt == 0 {
			h.log.Warn("the webhook did not take a message: it is tried again", "error", err)
		}
		pause := time.NewTimer(pauses[attempt])
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

// refusedError is an answer that is no yes.
type refusedError struct{ status int }

func (e *refusedError) Error() string {
	if e.status >= 300 && e.status < 400 {
		return fmt.Sprintf("it answered %d: it wants to send this elsewhere, which is not followed", e.status)
	}
	return fmt.Sprintf("it answered %d %s", e.status, http.StatusText(e.status))
}

// again reports whether it may answer otherwise later.
func (e *refusedError) again() bool {
	return e.status >= 500 || e.status == http.StatusTooManyRequests || e.status == http.StatusRequestTimeout
}

// post sends one request. Its error does not have the URL.
func (h *Hook) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the URL of the webhook cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "pigrid-serve")
	answer, err := h.client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxRead)
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return &refusedError{answer.StatusCode}
	}
	return nil
}

// encode is the body of a request.
func encode(n notify.Notice) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(messageOf(n)) // strings and numbers always do
	return bytes.TrimSpace(b.Bytes())
}
