package jpegscale

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pigrid/shared/mjpeg"
)

// needLibjpeg skips where libjpeg's own programs are missing: they are the judge of
// what a scaled picture is.
func needLibjpeg(t testing.TB) {
	t.Helper()
	for _, name := range []string{"djpeg", "cjpeg", "jpegtran"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(name + " is not installed (Debian: libjpeg-turbo-progs)")
		}
	}
}

// run passes in through one of libjpeg's programs. A warning is no failure.
func run(t testing.TB, in []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(in)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) && exit.ExitCode() == 2 {
		return out
	}
	t.Fatalf("%s %v: %v %s", name, args, err, said.String())
	return nil
}

// ppm is a picture as cjpeg reads it; grey if gray.
func ppm(img *image.RGBA) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "P6\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
	for i := 0; i < len(img.Pix); i += 4 {
		b.Write(img.Pix[i : i+3])
	}
	return b.Bytes()
}

// source is one JPEG that the tests scale.
type source struct {
	name string
	jpeg []byte
}

// samplings are cjpeg's words for those that are taken.
var samplings = map[string][]string{
	"4:2:0": {"-sample", "2x2"}, "4:2:2": {"-sample", "2x1"}, "4:4:4": {"-sample", "1x1"}, "grey": {"-grayscale"},
}

// sources are recorded frames, scenes with and without noise, noise alone and
// gradients, of all samplings, with odd sizes and restart markers.
func sources(t testing.TB) (all []source) {
	t.Helper()
	needLibjpeg(t)
	for i, frame := range recorded(t) {
		all = append(all, source{fmt.Sprintf("recorded %d", i), frame})
	}
	white := image.NewRGBA(image.Rect(0, 0, 200, 120))
	pictures := map[string]*image.RGBA{
		"scene 641x479": scene(641, 479, 4), "scene 320x240": scene(320, 240, 0), "noise 160x120": noise(160, 120),
		"gradient 333x100": gradient(333, 100), "white 200x120": white, "scene 17x9": scene(17, 9, 4),
		"scene 1x1": scene(1, 1, 4), "scene 1x40": scene(1, 40, 4), "scene 70x1": scene(70, 1, 4),
	}
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	for name, img := range pictures {
		for sampling, args := range samplings {
			fine := append([]string{"-baseline", "-quality", "90"}, args...)
			all = append(all, source{name + " " + sampling + " q90", run(t, ppm(img), "cjpeg", fine...)})
			coarse := append([]string{"-baseline", "-quality", "50", "-restart", "3B", "-optimize"}, args...)
			all = append(all, source{name + " " + sampling + " q50 restarts", run(t, ppm(img), "cjpeg", coarse...)})
		}
	}
	slices.SortFunc(all, func(a, b source) int { return strings.Compare(a.name, b.name) })
	return all
}

// recorded are frames of a real rpicam-vid.
func recorded(t testing.TB) (frames [][]byte) {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "mjpeg", "testdata", "s640_frames10.mjpeg"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := mjpeg.NewScanner(f, nil)
	for range 3 {
		frame, _, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, bytes.Clone(frame))
	}
	fine, err := os.ReadFile(filepath.Join("testdata", "s720_q90.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return append(frames, fine)
}

// oneComponent makes a grey JPEG of one component of a JPEG, without decoding it:
// the samples are what libjpeg has of that component.
func oneComponent(t testing.TB, jpeg []byte, comp int) []byte {
	t.Helper()
	script := filepath.Join(t.TempDir(), "scans")
	if err := os.WriteFile(script, []byte("0;\n1;\n2;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if comp == 0 {
		return run(t, jpeg, "jpegtran", "-grayscale")
	}
	split := run(t, jpeg, "jpegtran", "-scans", script)
	var tables, scan []byte
	scans := 0
	for i := 2; i < len(split); {
		marker, end := split[i+1], i+2
		if marker == markerEOI {
			break
		}
		end += int(split[i+2])<<8 | int(split[i+3])
		segment := bytes.Clone(split[i:end])
		switch marker {
		case markerSOS:
			data := end
			for split[end] != 0xFF || split[end+1] == 0 || split[end+1]&^7 == markerRST0 {
				end++
			}
			if scans == comp {
				scan = append(segment, split[data:end]...)
			}
			scans++
		case markerSOF0, markerSOF1:
			w, h := int(segment[7])<<8|int(segment[8]), int(segment[5])<<8|int(segment[6])
			w, h = ceil(w, int(segment[11]>>4)), ceil(h, int(segment[11]&15)) // the chroma has 1x1
			at := 10 + 3*comp
			tables = append(tables, 0xFF, marker, 0, 11, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, segment[at], 0x11, segment[at+2])
		case markerDHT, markerDRI, markerDQT:
			if scan == nil {
				tables = append(tables, segment...)
			}
		}
		i = end
	}
	return slices.Concat([]byte{0xFF, markerSOI}, tables, scan, []byte{0xFF, markerEOI})
}

// samples is one component of a picture.
type samples struct {
	w, h int
	pix  []byte
}

// libjpegSamples are the samples of a grey JPEG, scaled by libjpeg.
func libjpegSamples(t testing.TB, grey []byte, factor int) samples {
	t.Helper()
	pgm := run(t, grey, "djpeg", "-dct", "int", "-grayscale", "-scale", fmt.Sprintf("1/%d", factor))
	var w, h, most int
	if _, err := fmt.Sscanf(string(pgm[:min(len(pgm), 40)]), "P5\n%d %d\n%d", &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	return samples{w, h, pgm[len(pgm)-w*h:]}
}

// halved averages what has more chroma than 4:2:0; the edges are repeated.
func (s samples) halved(across, down int) samples {
	out := samples{w: ceil(s.w, across), h: ceil(s.h, down)}
	for y := range out.h {
		for x := range out.w {
			sum, n := 0, across*down
			for dy := range down {
				for dx := range across {
					sum += int(s.pix[min(y*down+dy, s.h-1)*s.w+min(x*across+dx, s.w-1)])
				}
			}
			out.pix = append(out.pix, byte((sum+n/2)/n))
		}
	}
	return out
}

// psnr compares samples, in dB; 100 where they are the same.
func psnr(a, b samples) float64 {
	if a.w != b.w || a.h != b.h {
		return 0
	}
	sum := 0.0
	for i := range a.pix {
		d := float64(a.pix[i]) - float64(b.pix[i])
		sum += d * d
	}
	if sum == 0 {
		return 100
	}
	return 10 * math.Log10(255*255*float64(len(a.pix))/sum)
}
