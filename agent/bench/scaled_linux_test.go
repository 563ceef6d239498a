package bench

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// realSize is the size of [picture] that can be decoded: 640x480, with the noise of a
// sensor, about as many bytes as small.
const realSize = 0

// narrow is what viewers of smaller pictures ask for: half of 640.
const narrow = "?width=320"

// scenery makes the picture that can be decoded, with room for a stamp.
func scenery() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range 480 {
		for x := range 640 {
			at := func(v int) uint8 { return uint8(min(255, max(0, float64(v)+7*noise.NormFloat64()))) }
			img.SetRGBA(x, y, color.RGBA{at(60 + x/8), at(90 + y/5), at(200 - x/10 + y/16%2*30), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 82}); err != nil {
		panic(err)
	}
	return withStamp(b.Bytes())
}

// scaledSample is what the agent did in one round for 20 full viewers and some of
// smaller pictures.
type scaledSample struct {
	cpu             float64 // seconds in each second
	full, narrow    float64 // latency from the agent's reading to the last byte, ms, p50
	shown, shownToo float64 // of the frames that the source wrote: to full ones, to narrow ones
	size            float64 // bytes of a smaller picture
}

// smaller measures what smaller pictures cost beside full ones, by turns.
func smaller(t *testing.T) string {
	t.Helper()
	const fulls = 20
	narrows := []int{0, 1, 20}
	samples := make([][]scaledSample, len(narrows))
	for round := range rounds {
		for i, n := range narrows {
			s := measureScaled(t, fulls, n)
			samples[i] = append(samples[i], s)
			t.Logf("round %d  %d full, %2d narrow  %.1f %% CPU  full %.2f ms %.1f %%  narrow %.2f ms %.1f %%  %.0f B",
				round+1, fulls, n, 100*s.cpu, s.full, 100*s.shown, s.narrow, 100*s.shownToo, s.size)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| %d viewers of 640x480, and of `%s` | CPU, %% of a core | more than alone, ms for each frame taken | frames shown: full | smaller | latency p50, ms: full | smaller | smaller picture |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", fulls, narrow)
	for i, n := range narrows {
		at := func(what func(scaledSample) float64) float64 {
			all := make([]float64, rounds)
			for round, s := range samples[i] {
				all[round] = what(s)
			}
			return median(all)
		}
		more := make([]float64, rounds)
		for round, s := range samples[i] {
			more[round] = 1000 * (s.cpu - samples[0][round].cpu) / framerate
		}
		row := []string{"–", fmt.Sprintf("%.1f %%", 100*at(func(s scaledSample) float64 { return s.shown })), "–", fmt.Sprintf("%.2f", at(func(s scaledSample) float64 { return s.full })), "–", "–"}
		if n > 0 {
			row[0] = fmt.Sprintf("%.2f", median(more))
			row[2] = fmt.Sprintf("%.1f %%", 100*at(func(s scaledSample) float64 { return s.shownToo }))
			row[4] = fmt.Sprintf("%.2f", at(func(s scaledSample) float64 { return s.narrow }))
			row[5] = fmt.Sprintf("%.1f KB", at(func(s scaledSample) float64 { return s.size })/1000)
		}
		fmt.Fprintf(&b, "| %d | %.1f | %s |\n", n, 100*at(func(s scaledSample) float64 { return s.cpu }), strings.Join(row, " | "))
	}
	return b.String()
}

func measureScaled(t *testing.T, fulls, narrows int) scaledSample {
	t.Helper()
	s := start(t, "agent", realSize)
	defer s.stop()
	open(t, s.addr, 1, way{}).close(t) // wakes the agent's camera
	full := open(t, s.addr, fulls, way{})
	small := open(t, s.addr, narrows, way{query: narrow})
	pass(settle)
	full.measuring.Store(true)
	small.measuring.Store(true)
	begin, before := time.Now(), s.cpu(t)
	pass(duration)
	cpu, took := s.cpu(t)-before, time.Since(begin)
	full.measuring.Store(false)
	small.measuring.Store(false)
	full.close(t)
	small.close(t)
	if full.frames == 0 || narrows > 0 && small.frames == 0 {
		t.Fatal("the agent delivered nothing")
	}
	due := took.Seconds() * framerate
	sample := scaledSample{
		cpu: cpu.Seconds() / took.Seconds(), full: ms(median(full.ages)), shown: float64(full.frames) / due / float64(fulls),
	}
	if narrows > 0 {
		sample.narrow, sample.shownToo = ms(median(small.ages)), float64(small.frames)/due/float64(narrows)
		sample.size = float64(small.bytes) / float64(small.frames)
	}
	return sample
}
