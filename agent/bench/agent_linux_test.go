package bench

import (
	"crypto/tls"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// What only the agent is asked, or what is no matter of CPU.
const (
	restTime = 30 * time.Second

	slowRate   = 400_000          // bytes per second
	slowSettle = 10 * time.Second // for sockets to fill that fill
	slowTime   = 15 * time.Second
)

// atRest is what the agent uses while nobody watches.
type atRest struct {
	cpu    float64 // % of one core
	memory float64 // MB
}

// measureAtRest has the agent announce itself, in a network of its own so that it
// disturbs nobody, and wait.
func measureAtRest(t *testing.T) atRest {
	t.Helper()
	s := startRest(t)
	defer s.stop()
	pass(2 * time.Second) // announcing takes as long
	before := s.cpu(t)
	pass(restTime)
	return atRest{100 * float64(s.cpu(t)-before) / float64(restTime), float64(s.memory(t)) / 1e6}
}

// behind is what a viewer sees that reads less than a camera gives, and one
// beside it that reads everything.
type behind struct {
	age, oldest time.Duration // of the picture, when its last byte has come
	latency     time.Duration // p50 of the viewer beside it
	shown       float64       // of the frames taken, to the viewer beside it
}

// slow tries all servers at the same time: this is not about CPU, and sockets
// take their time to fill.
func slow(t *testing.T) map[string]behind {
	t.Helper()
	type pair struct {
		*server
		slow, fast *audience
	}
	pairs := map[string]pair{}
	how := map[string]way{"floor": {rate: slowRate}, "agent": {rate: slowRate}, "naive": {rate: slowRate}, overTLS: {rate: slowRate, tls: suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)}}
	for name := range how {
		server := name
		if name == overTLS {
			server = "agent"
		}
		s := start(t, server, small)
		defer s.stop()
		open(t, s.addr, 1, way{}).close(t) // wakes the agent's camera
		pairs[name] = pair{s, open(t, s.addr, 1, how[name]), open(t, s.addr, 1, way{})}
	}
	pass(slowSettle)
	for _, p := range pairs {
		p.slow.measuring.Store(true)
		p.fast.measuring.Store(true)
	}
	pass(slowTime)
	all := map[string]behind{}
	for name, p := range pairs {
		p.slow.close(t)
		p.fast.close(t)
		if p.slow.frames == 0 || p.fast.frames == 0 {
			t.Fatalf("%s delivered nothing", name)
		}
		all[name] = behind{
			median(p.slow.delays), slices.Max(p.slow.delays),
			median(p.fast.delays), float64(p.fast.frames) / (slowTime.Seconds() * framerate),
		}
	}
	return all
}

// fairness is how 300 viewers at 5 fps fare.
type fairness struct {
	viewers, fps int
	due          float64 // frames each
	fewest       int64   // frames one got
	memory       float64 // KB each
}

func crowd(t *testing.T) fairness {
	t.Helper()
	f := fairness{viewers: 300, fps: 5}
	s := start(t, "agent", small)
	defer s.stop()
	one := open(t, s.addr, 1, way{})
	defer one.close(t)
	pass(settle)
	before := s.memory(t)
	a := open(t, s.addr, f.viewers, way{query: fmt.Sprintf("?fps=%d", f.fps)})
	pass(settle)
	a.measuring.Store(true)
	begin := time.Now()
	pass(2 * duration)
	a.measuring.Store(false)
	f.due = time.Since(begin).Seconds() * float64(f.fps)
	f.memory = float64(s.memory(t)-before) / float64(f.viewers) / 1000
	a.close(t)
	f.fewest = a.fewest
	return f
}

// agentTable puts what is not CPU per frame into Markdown.
func agentTable(samples []map[string][]sample, idle atRest, slow map[string]behind, crowd fairness) string {
	var b strings.Builder
	b.WriteString("\n| a viewer that reads 400 KB/s, 45 KB frames | floor | agent | agent over TLS | naive | target |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, row := range []struct {
		name, target string
		cell         func(behind) string
	}{
		{"age of its picture, p50", "≤ 0.50 s", func(s behind) string { return fmt.Sprintf("%.2f s", s.age.Seconds()) }},
		{"age of its picture, worst", "≤ 0.75 s", func(s behind) string { return fmt.Sprintf("%.2f s", s.oldest.Seconds()) }},
		{"latency p50 of a viewer beside it", "–", func(s behind) string { return fmt.Sprintf("%.2f ms", ms(s.latency)) }},
		{"frames shown of frames taken, to that", "all", func(s behind) string { return fmt.Sprintf("%.1f %%", 100*math.Min(1, s.shown)) }},
	} {
		fmt.Fprintf(&b, "| %s | %s | **%s** | %s | %s | %s |\n", row.name, row.cell(slow["floor"]), row.cell(slow["agent"]), row.cell(slow[overTLS]), row.cell(slow["naive"]), row.target)
	}
	join, one := samples[2]["agent"], samples[3]["agent"]
	b.WriteString("\n| the agent | | target |\n| --- | ---: | ---: |\n")
	fmt.Fprintf(&b, "| joining to first frame while live, 10 viewers, p50 | %.2f ms | ≤ 2 ms |\n", over(join, func(s sample) float64 { return s.firstFrame }))
	fmt.Fprintf(&b, "| idle for %v, announced by mDNS: CPU | %.2f %% | ~0 %% |\n", restTime, idle.cpu)
	fmt.Fprintf(&b, "| idle: resident | %.1f MB | ≤ 20 MB |\n", idle.memory)
	fmt.Fprintf(&b, "| one viewer of 45 KB frames: CPU | %.1f %% | – |\n", over(one, func(s sample) float64 { return s.share }))
	fmt.Fprintf(&b, "| one viewer of 45 KB frames: resident | %.1f MB | ≤ 20 MB |\n", over(one, func(s sample) float64 { return s.memory }))
	fmt.Fprintf(&b, "| frames shown of frames taken, 50 viewers | %.1f %% | all |\n", 100*over(samples[0]["agent"], func(s sample) float64 { return s.shown }))
	fmt.Fprintf(&b, "| %d viewers at %d fps: fewest frames one got, of %.0f | %d | nobody starves |\n", crowd.viewers, crowd.fps, crowd.due, crowd.fewest)
	fmt.Fprintf(&b, "| %d viewers at %d fps: resident, each | %.0f KB | ≤ 30 KB |\n\n", crowd.viewers, crowd.fps, crowd.memory)
	return b.String()
}
