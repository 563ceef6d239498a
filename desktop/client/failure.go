package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const (
	// maxRetryAfter is the longest wait an agent may ask for.
	maxRetryAfter = 5 * time.Minute
	// wordsTimeout is how long the words of a refusal may take. Until they are
	// there nothing else is tried.
	wordsTimeout = 2 * time.Second
)

// failureOf says in our terms why there was no answer.
func failureOf(err error) *cameras.Failure {
	if known, ok := errors.AsType[*cameras.Failure](err); ok {
		return known
	}
	return &cameras.Failure{Reason: reasonOf(err), Detail: clean(err.Error(), maxText)}
}

// failureAt is failureOf for a question to this source. An agent's HTTP is in
// order: what speaks it badly is another program.
func failureAt(from Source, err error) *cameras.Failure {
	f := failureOf(err)
	if f.Reason == cameras.ReasonBadHTTP && !from.Foreign {
		f.Reason = cameras.ReasonNotPigrid
	}
	return f
}

func reasonOf(err error) cameras.Reason {
	var (
		netErr net.Error
		dnsErr *net.DNSError
	)
	switch {
	case errors.Is(err, errNotLocal):
		return cameras.ReasonNotLocal
	case errors.Is(err, ErrOtherKey), errors.Is(err, errNoTLS):
		return cameras.ReasonChangedKey
	case isRefused(err):
		return cameras.ReasonRefused
	case errors.As(err, &dnsErr):
		return cameras.ReasonUnreachable
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return cameras.ReasonTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		strings.Contains(err.Error(), "server closed idle connection"): // before it was asked
		return cameras.ReasonEnded
	case ofNetwork(err):
		return cameras.ReasonUnreachable
	default:
		return cameras.ReasonBadHTTP
	}
}

// ofNetwork reports whether the network or this machine caused an error, and not
// what the other side wrote: net/http has no type for that.
func ofNetwork(err error) bool {
	var (
		netErr net.Error
		system syscall.Errno
	)
	for _, own := range []error{errPath, context.Canceled, net.ErrClosed, io.ErrClosedPipe, http.ErrBodyReadAfterClose} {
		if errors.Is(err, own) {
			return true
		}
	}
	return errors.As(err, &netErr) || errors.As(err, &system)
}

// statusRefused says why an answer to the question for the status is none.
func statusRefused(resp *http.Response) *cameras.Failure {
	f := answered(resp).failure(resp.StatusCode)
	f.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	f.Reason = reasonOfStatus(resp.StatusCode)
	switch {
	case f.Reason != cameras.NoReason:
	case f.Code == api.CodeTooManyConnections:
		f.Reason = cameras.ReasonCrowded
	default:
		f.Reason = cameras.ReasonNotPigrid
	}
	return f
}

// streamRefused says why an answer to the question for a stream is none.
func streamRefused(resp *http.Response) *cameras.Failure {
	p := answered(resp)
	f := p.failure(resp.StatusCode)
	f.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	f.Reason = reasonOfStatus(resp.StatusCode)
	switch {
	case f.Reason != cameras.NoReason:
	case p.Code == api.CodeTooManyConnections:
		f.Reason = cameras.ReasonCrowded
	case resp.StatusCode == http.StatusServiceUnavailable && p.tooManyViewers():
		f.Reason = cameras.ReasonBusy
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusNotFound:
		f.Reason = cameras.ReasonCamera
	default:
		f.Reason = cameras.ReasonBadStream
	}
	return f
}

func reasonOfStatus(status int) cameras.Reason {
	switch status {
	case http.StatusUnauthorized:
		return cameras.ReasonUnauthorized
	case http.StatusForbidden:
		return cameras.ReasonForbidden
	case http.StatusMisdirectedRequest:
		return cameras.ReasonWrongHost
	case http.StatusTooManyRequests:
		return cameras.ReasonBusy
	default:
		return cameras.NoReason
	}
}

// words are what an answer says in place of what was asked for. Cameras without an
// agent may call it message.
type words struct {
	api.Refusal
	Message string `json:"message"`
}

// answered reads the words of an answer that is not the one asked for. An
// answer in another format has none, nor has one whose end does not come in time.
func answered(resp *http.Response) words {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if media != "application/problem+json" && media != "application/json" {
		return words{}
	}
	tooLate := time.AfterFunc(wordsTimeout, func() { _ = resp.Body.Close() })
	defer tooLate.Stop()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	if err != nil {
		return words{}
	}
	return parseWords(body)
}

func parseWords(body []byte) words {
	var w words
	var other *json.UnmarshalTypeError // one field; the others are read
	if err := json.Unmarshal(body, &w); err != nil && !errors.As(err, &other) {
		return words{}
	}
	return words{
		Refusal: api.Refusal{
			Code: api.Code(clean(string(w.Code), maxName)), Title: clean(w.Title, maxText),
			Detail: clean(w.Detail, maxText), Hint: clean(w.Hint, maxText),
		},
		Message: clean(w.Message, maxText),
	}
}

// oldTooManyViewers is what agents before 2026-12 say for [api.CodeTooManyViewers].
const oldTooManyViewers api.Code = "busy"

// tooManyViewers reports whether the agent serves as many viewers as it may.
func (w words) tooManyViewers() bool {
	return w.Code == api.CodeTooManyViewers || w.Code == oldTooManyViewers
}

func (w words) failure(status int) *cameras.Failure {
	return &cameras.Failure{
		Status: status, Code: w.Code, Message: cmp.Or(w.Message, w.Detail, w.Title), Hint: w.Hint,
		Detail: cmp.Or(string(w.Code), "HTTP "+strconv.Itoa(status)+" "+http.StatusText(status)),
	}
}

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(max(0, time.Duration(min(seconds, 1<<20))*time.Second), maxRetryAfter)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), maxRetryAfter)
	}
	return 0
}
