//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// row is one agent in the answer of GET /agents.
type row struct {
	Number  int       `json:"number"` // in the strip of its pictures
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Addr    string    `json:"addr"` // host:port
	Fault   fault     `json:"fault"`
	Bytes   int64     `json:"bytes"`   // of streams, since the start
	Dials   int64     `json:"dials"`   // requests for a stream
	Viewers int64     `json:"viewers"` // open streams
	Asked   []float64 `json:"asked"`   // the rates they asked for, 0 for all
	Widths  []int     `json:"widths"`  // and the widths, 0 for the full one
	// Frame n is taken at BeginUS + n·IntervalNS: unix microseconds, nanoseconds.
	BeginUS    int64 `json:"begin_us"`
	IntervalNS int64 `json:"interval_ns"`
}

func (a *agent) row() row {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := row{
		Number: a.number, ID: a.id(), Name: a.name(), Addr: a.addr, Fault: a.fault,
		Bytes: a.bytes.Load(), Dials: a.dials.Load(), Viewers: a.viewers.Load(), Asked: []float64{}, Widths: []int{},
		BeginUS: a.begin.UnixMicro(), IntervalNS: a.interval.Nanoseconds(),
	}
	for _, asked := range a.conns {
		r.Asked, r.Widths = append(r.Asked, asked.fps), append(r.Widths, asked.width)
	}
	slices.Sort(r.Asked)
	slices.Sort(r.Widths)
	return r
}

// control answers questions about the agents and breaks them; n is nil for agents
// that are no neighbour.
func control(list []*agent, n *neighbour) http.Handler {
	mux := http.NewServeMux()
	if n != nil {
		mux.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) {
			n.mu.Lock()
			defer n.mu.Unlock()
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(n.counts) // a client that left hears nothing
		})
	}
	mux.HandleFunc("GET /agents", func(w http.ResponseWriter, _ *http.Request) {
		rows := make([]row, 0, len(list))
		for _, a := range list {
			rows = append(rows, a.row())
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(rows) // a client that left hears nothing
	})
	mux.HandleFunc("PUT /rigid", func(_ http.ResponseWriter, r *http.Request) {
		for _, a := range list {
			a.scene.strips.rigid.Store(r.URL.Query().Get("on") == "true")
		}
	})
	mux.HandleFunc("PUT /agents/{number}/fault", func(w http.ResponseWriter, r *http.Request) {
		f := fault(r.URL.Query().Get("name"))
		chosen := choose(list, r.PathValue("number"))
		if len(chosen) == 0 || !known(f) {
			http.Error(w, "no such agent or fault", http.StatusBadRequest)
			return
		}
		for _, a := range chosen {
			if err := a.set(f); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	})
	return mux
}

// choose returns the agent with this number, or all of them.
func choose(list []*agent, which string) []*agent {
	if which == "all" {
		return list
	}
	n, err := strconv.Atoi(which)
	if err != nil || n < 1 || n > len(list) {
		return nil
	}
	return list[n-1 : n]
}
