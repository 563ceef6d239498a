package mkv

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shot is a picture of this size whose colour follows from n.
func shot(t *testing.T, width, height, n int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(n*7 + i%251)
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// film has a frame at each of these milliseconds.
func film(t *testing.T, width, height int, times ...float64) Film {
	t.Helper()
	start := time.Now()
	f := Film{Title: "Küche", Width: width, Height: height}
	for i, ms := range times {
		f.Frames = append(f.Frames, Frame{shot(t, width, height, i), start.Add(time.Duration(ms * float64(time.Millisecond)))})
	}
	return f
}

// regular are n times with this many milliseconds between them.
func regular(n int, every float64) (times []float64) {
	for i := range n {
		times = append(times, float64(i)*every)
	}
	return times
}

func write(t *testing.T, film Film) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mkv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Write(f, film), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program and returns what it says; what it says of errors fails the test.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if err != nil || words.Len() > 0 {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, words.String())
	}
	return out
}

// probed is what ffprobe says of a film.
type probed struct {
	Format struct {
		Duration string
		Tags     map[string]string
	}
	Streams []struct {
		CodecName string `json:"codec_name"`
		Width     int
		Height    int
		Frames    string `json:"nb_read_frames"`
		Packets   string `json:"nb_read_packets"`
	}
	Packets []struct {
		Time string `json:"pts_time"`
		Size string
	}
}

// check judges a film by ffprobe and ffmpeg: one track with every frame at its time,
// byte by byte, decoded without an error.
func check(t *testing.T, film Film) {
	t.Helper()
	path := write(t, film)
	var p probed
	out := tool(t, "ffprobe", "-v", "error", "-count_frames", "-count_packets", "-show_format", "-show_streams", "-show_packets", "-of", "json", path)
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	n := strconv.Itoa(len(film.Frames))
	if len(p.Streams) != 1 || p.Streams[0].CodecName != "mjpeg" || p.Streams[0].Packets != n || p.Streams[0].Frames != n {
		t.Errorf("got %+v, want %s frames", p.Streams, n)
	}
	if p.Format.Tags["title"] != film.Title {
		t.Errorf("tags %v", p.Format.Tags)
	}
	if long, err := strconv.ParseFloat(p.Format.Duration, 64); err != nil || math.Abs(long-film.Duration().Seconds()) > 0.001 {
		t.Errorf("takes %s s, want %v", p.Format.Duration, film.Duration())
	}
	for i, frame := range film.Frames {
		if i >= len(p.Packets) {
			t.Fatalf("%d packets", len(p.Packets))
		}
		at, err := strconv.ParseFloat(p.Packets[i].Time, 64)
		want := frame.At.Sub(film.Frames[0].At).Seconds()
		if err != nil || math.Abs(at-want) > 0.020 || p.Packets[i].Size != strconv.Itoa(len(frame.JPEG)) {
			t.Fatalf("frame %d is at %s with %s bytes, want %.4f, %d", i, p.Packets[i].Time, p.Packets[i].Size, want, len(frame.JPEG))
		}
	}
	tool(t, "ffmpeg", "-v", "error", "-i", path, "-f", "null", "-")
	whole := tool(t, "ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-f", "mjpeg", "-")
	var want []byte
	for _, frame := range film.Frames {
		want = append(want, frame.JPEG...)
	}
	if !bytes.Equal(whole, want) {
		t.Errorf("its pictures are %d bytes that are not those of the frames, %d", len(whole), len(want))
	}
}

func TestFilms(t *testing.T) {
	burst := regular(30, 100)
	for i := range burst { // as they come over Wi-Fi
		burst[i] += float64(i * i % 37)
	}
	burst = append(burst, 3200.01, 3200.02, 3200.03, 3200.1, 3200.1, 3300)
	again := regular(60, 100) // another connection, out of step
	for i := 30; i < 60; i++ {
		again[i] += 31
	}
	again = append(again[:31], append([]float64{3062}, again[31:]...)...)
	for name, times := range map[string][]float64{
		"one frame":           {0},
		"two":                 {0, 40},
		"thirty a second":     regular(90, 33.333),
		"with gaps":           append(regular(20, 50), 5000, 5050, 12_345.6),
		"several at once":     burst,
		"a reconnect":         again,
		"one in five seconds": regular(4, 5000),
		"fast":                regular(300, 5),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, film(t, 64, 48, times...))
		})
	}
}

func TestLargeFrames(t *testing.T) {
	t.Parallel()
	f := film(t, 640, 480, regular(12, 100)...)
	for i := range f.Frames { // more than a cluster has room for
		padding := append([]byte{0xFF, 0xFE, 0xFF, 0xFF}, make([]byte, 0xFFFD)...)
		jpeg := f.Frames[i].JPEG
		f.Frames[i].JPEG = append(append([]byte{0xFF, 0xD8}, bytes.Repeat(padding, 10+3*i)...), jpeg[2:]...)
	}
	check(t, f)
}

// TestAnotherSize: a camera whose pictures become larger or smaller stays in one track.
// ffmpeg and VLC take the size from the JPEG; of several tracks they show only one.
func TestAnotherSize(t *testing.T) {
	t.Parallel()
	f := film(t, 64, 48, regular(20, 100)...)
	for i := range f.Frames {
		switch i / 5 {
		case 1:
			f.Frames[i].JPEG = shot(t, 128, 96, i)
		case 2:
			f.Frames[i].JPEG = shot(t, 48, 64, i)
		}
	}
	check(t, f)
}

// TestSeek: a player goes to a time by the index, without reading what is before.
func TestSeek(t *testing.T) {
	t.Parallel()
	f := film(t, 64, 48, regular(300, 100)...)
	path := write(t, f)
	out := tool(t, "ffprobe", "-v", "error", "-read_intervals", "20%+#1", "-show_entries", "packet=pts_time,pos", "-of", "csv=p=0", path)
	fields := strings.Split(strings.TrimSpace(string(out)), ",")
	at, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || at < 19 || at > 20.01 {
		t.Errorf("got %q", out)
	}
	whole := tool(t, "ffmpeg", "-v", "error", "-ss", "25.2", "-i", path, "-frames:v", "1", "-c", "copy", "-f", "mjpeg", "-")
	if !bytes.Equal(whole, f.Frames[250].JPEG) { // the first of the cluster
		t.Errorf("got another frame, of %d bytes", len(whole))
	}
}

func TestNoFrames(t *testing.T) {
	if err := Write(nil, Film{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

// TestDiskFull: the device says of every write that there is no room.
func TestDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	if err := Write(full, film(t, 16, 16, 0)); err == nil {
		t.Error("no error")
	}
}
