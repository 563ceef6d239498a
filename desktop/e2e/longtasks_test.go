//go:build linux

package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// longTasks returns a sentence about how long 64 failing cameras keep the page
// from answering a click: the tasks of the main thread in Chromium, the real page
// with the real Go side, while cameras fail in every way, all at once and for
// half a minute.
func longTasks(t *testing.T) string {
	const n, watched = 64, 30 * time.Second
	f := startFleet(t, n, 10)
	url := servePage(t, f)
	b := engines(t)[1].open(t, url)
	b.untilWall(t, n)
	b.run(t, `window.tasks = [];
		new PerformanceObserver((list) => list.getEntries().forEach((e) => window.tasks.push(e.duration)))
			.observe({ type: "longtask" });`, nil)
	// One that is long on purpose shows that they are noticed.
	b.run(t, `setTimeout(() => { const end = performance.now() + 120; while (performance.now() < end); })`, nil)
	var tasks []float64
	until(t, 10*time.Second, "a long task is noticed", func() bool {
		b.run(t, `return window.tasks`, &tasks)
		return slices.ContainsFunc(tasks, func(ms float64) bool { return ms >= 115 })
	})
	faults := []string{"refuse", "reset", "hang", "401", "403", "421", "503", "garbage", "cut", "failed", "placeholder", "newer", "not-an-agent", "stall"}
	b.run(t, `window.tasks.length = 0`, nil)
	for number := 1; number <= n; number++ {
		f.set(t, number, faults[number%len(faults)])
	}
	time.Sleep(watched)
	b.save(t, "figures-64-failing")
	b.run(t, `return window.tasks`, &tasks)
	longest := 0.0
	for _, task := range tasks {
		longest = max(longest, task)
	}
	said := fmt.Sprintf("While 64 cameras failed in %d ways, for %v, the page in Chromium had %d tasks of more than 50 ms on its main thread",
		len(faults), watched, len(tasks))
	if longest > 0 {
		said += fmt.Sprintf("; the longest took %.0f ms", longest)
	}
	t.Log(said)
	return said + ".\n"
}
