//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"pigrid/shared/api"
)

// fault is what is wrong with an agent.
type fault string

const (
	none        fault = "none"
	stall       fault = "stall"        // streams stay open, frames stop
	hang        fault = "hang"         // connections are taken, nothing is ever answered
	reset       fault = "reset"        // every connection is reset
	refuse      fault = "refuse"       // nothing listens
	cut         fault = "cut"          // streams end in the middle of their tenth frame
	truncate    fault = "truncate"     // every third frame stops half-way
	garbage     fault = "garbage"      // streams carry noise
	slow        fault = "slow"         // a sixth of the rate
	unauthed    fault = "401"          // an access code is wanted
	forbidden   fault = "403"          // not from this computer
	wrongHost   fault = "421"          // not by this name
	busy        fault = "503"          // no place for another viewer, try again in 2 s
	failed      fault = "failed"       // the camera is gone, the agent says so
	placeholder fault = "placeholder"  // the same, with drawn pictures that say so
	newer       fault = "newer"        // the agent speaks the next version of the API
	other       fault = "not-an-agent" // a web server that knows nothing of cameras
	huge        fault = "huge"         // pictures of 144 megapixels, small as files
	large       fault = "large"        // pictures of 49 megapixels
	bulky       fault = "bulky"        // pictures of 33 MB, one every two seconds
	scans       fault = "scans"        // pictures of 49 megapixels that are gone over a hundred times
	late        fault = "late"         // well, but a busy Pi: its status takes 0.4 s
)

// lateBy is longer than the app waits before it asks another address as well.
const lateBy = 400 * time.Millisecond

// faults are all of them.
func faults() []fault {
	return []fault{
		none, stall, hang, reset, refuse, cut, truncate, garbage, slow, unauthed, forbidden, wrongHost, busy, failed,
		placeholder, newer, other, huge, large, bulky, scans, late,
	}
}

func known(f fault) bool { return slices.Contains(faults(), f) }

// endsStreams reports whether open streams end when this begins.
func (f fault) endsStreams() bool {
	switch f {
	case reset, refuse, unauthed, forbidden, wrongHost, busy, newer, other:
		return true
	default:
		return false
	}
}

// refusal is the problem+json that a request is answered with, as a real agent
// words it.
type refusal struct {
	api.Refusal
	after int // seconds of Retry-After, 0 for none
}

// refuses returns how this fault answers a request; ok is false when it does
// not refuse it.
func (f fault) refuses(stream bool) (r refusal, ok bool) {
	switch {
	case f == unauthed:
		return refusal{Refusal: api.Refusal{Status: http.StatusUnauthorized, Title: "Access code needed"}}, true
	case f == forbidden:
		return refusal{Refusal: api.Refusal{
			Status: http.StatusForbidden, Title: "Not from here",
			Detail: "This agent answers computers on its own network only.",
			Hint:   "Start it with --allow-from and your network.",
		}}, true
	case f == wrongHost:
		return refusal{Refusal: api.Refusal{
			Status: http.StatusMisdirectedRequest, Title: "Not under this name",
			Hint: "Use its IP address, or start it with --allow-host and that name.",
		}}, true
	case f == busy && stream:
		return refusal{Refusal: api.Refusal{
			Status: http.StatusServiceUnavailable, Code: api.CodeTooManyViewers, Title: "Too many viewers",
			Detail: "This agent serves 64 streams at once and all are taken.",
			Hint:   "Close one, or start the agent with a larger --max-viewers.",
		}, after: 2}, true
	}
	return refusal{}, false
}

func (r refusal) write(w http.ResponseWriter) {
	r.Type = "about:blank"
	w.Header().Set("Content-Type", "application/problem+json")
	if r.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(r.after))
	}
	w.WriteHeader(r.Status)
	_ = json.NewEncoder(w).Encode(r.Refusal) // a client that left hears nothing
}

// problem is what the agent says of its camera.
func (f fault) problem() *api.Problem {
	if f != failed && f != placeholder {
		return nil
	}
	return &api.Problem{
		Code: api.CodeCameraBusy, Message: "The camera is used by another program.", Hint: "Close it or restart the agent.",
	}
}
