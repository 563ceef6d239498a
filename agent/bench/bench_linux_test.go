package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	rounds   = 3
	settle   = 500 * time.Millisecond  // after the last viewer has joined
	duration = 2500 * time.Millisecond // of each measurement

	small, large = 45_000, 320_000 // bytes of a frame: 640x480, 1920x1080
)

var servers = []string{"floor", "agent", "naive"}

// work is one thing that servers are compared in.
type work struct {
	name    string
	viewers int
	size    int
	target  float64 // agent's CPU / floor's
	added   float64 // agent's latency - floor's, ms; 0: no target
}

var works = []work{
	{"50 viewers, 45 KB", 50, small, 1.4, 0.5},
	{"20 viewers, 320 KB", 20, large, 1.25, 0},
	{"10 viewers, 45 KB", 10, small, 0, 0.3},
	{"1 viewer, 45 KB", 1, small, 1.6, 0},
	{"1 viewer, 320 KB", 1, large, 1.3, 0},
}

// sample is what one server did in one round.
type sample struct {
	perGB      float64 // CPU seconds
	perFrame   float64 // CPU microseconds per viewer and frame
	latency    float64 // ms, p50
	shown      float64 // of the frames that the source wrote
	firstFrame float64 // ms from connect, p50
	memory     float64 // MB, resident
	share      float64 // CPU, % of one core
}

// TestServers compares the servers and writes the tables. Rounds are
// interleaved, so that whatever else the machine does hits all alike.
func TestServers(t *testing.T) {
	before := load()
	if busy, err := strconv.ParseFloat(strings.Fields(before)[0], 64); err != nil || busy > 0.3 {
		fmt.Printf("THE MACHINE IS BUSY (load average %s): wait for it to be quiet, or do not trust these figures.\n", before)
	}
	samples := make([]map[string][]sample, len(works))
	for i := range samples {
		samples[i] = map[string][]sample{}
	}
	for round := range rounds {
		for i, w := range works {
			for _, name := range servers {
				s := measure(t, name, w, way{})
				samples[i][name] = append(samples[i][name], s)
				t.Logf("round %d  %-18s  %-5s  %.3f CPU s/GB  %5.1f µs/frame  %5.2f ms  %3.0f %%", round+1, w.name, name, s.perGB, s.perFrame, s.latency, 100*s.shown)
			}
		}
	}
	publish(t, before, report(samples)+encrypted(t)+smaller(t)+agentTable(samples, measureAtRest(t), slow(t), crowd(t)))
}

func measure(t *testing.T, name string, w work, how way) sample {
	t.Helper()
	s := start(t, name, w.size)
	defer s.stop()
	open(t, s.addr, 1, way{}).close(t) // wakes the agent's camera
	a := open(t, s.addr, w.viewers, how)
	pass(settle)
	a.measuring.Store(true)
	begin, before := time.Now(), s.cpu(t)
	pass(duration)
	cpu, took := s.cpu(t)-before, time.Since(begin)
	a.measuring.Store(false)
	memory := s.memory(t)
	a.close(t)
	if a.frames == 0 {
		t.Fatalf("%s delivered nothing", name)
	}
	return sample{
		perGB:      cpu.Seconds() / (float64(a.bytes) / 1e9),
		perFrame:   float64(cpu.Microseconds()) / float64(a.frames),
		latency:    ms(median(a.delays)),
		shown:      float64(a.frames) / (took.Seconds() * framerate * float64(w.viewers)),
		firstFrame: ms(median(a.waits)),
		memory:     float64(memory) / 1e6,
		share:      100 * cpu.Seconds() / took.Seconds(),
	}
}

// pass lets time go by: what is measured here is what happens in it.
func pass(d time.Duration) { <-time.After(d) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median[T time.Duration | float64](all []T) T {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
