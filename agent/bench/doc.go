// Package bench measures what serving frames costs: the real agent beside the
// cheapest fan-out we know to write (the floor) and beside a plain net/http
// server, all fed by the same source. `make bench` runs it; nothing here
// passes or fails by a time.
package bench
