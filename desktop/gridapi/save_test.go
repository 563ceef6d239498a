package gridapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/keep"
	"pigrid/desktop/settings"
	"pigrid/shared/mjpeg"
)

// roll are the pictures that an agent sent, each with its number in it.
type roll struct {
	t *testing.T

	mu     sync.Mutex
	width  int
	sent   [][]byte
	sentAt []time.Time
}

// next makes a picture that no other is like.
func (r *roll) next() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, r.width, 48)), nil); err != nil {
		r.t.Error(err)
	}
	words := fmt.Sprintf("picture %06d", len(r.sent))
	mark := append([]byte{0xFF, 0xFE, 0, byte(2 + len(words))}, words...)
	picture := append(append([]byte{0xFF, 0xD8}, mark...), b.Bytes()[2:]...)
	r.sent, r.sentAt = append(r.sent, picture), append(r.sentAt, time.Now())
	return picture
}

// find returns which one it is, and when it was sent.
func (r *roll) find(picture []byte) (int, time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, one := range r.sent {
		if bytes.Equal(one, picture) {
			return i, r.sentAt[i]
		}
	}
	return -1, time.Time{}
}

func (r *roll) setWidth(width int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.width = width
}

// filming is an agent that sends such pictures.
func filming(t *testing.T, id, name string, every time.Duration) (*fakeAgent, *roll) {
	t.Helper()
	a, r := newAgent(t, id, name, "x"), &roll{t: t, width: 64}
	a.set(func(a *fakeAgent) { a.every, a.next = every, r.next })
	return a, r
}

// saving is an app that saves into a folder.
func saving(t *testing.T, folder string, change ...func(*engine.Config)) *desk {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.json")
	store, err := settings.Open(path)
	if err == nil {
		err = store.Save(func(s settings.Settings) settings.Settings {
			s.Pictures.Folder = folder
			return s
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return startDesk(t, path, nil, change...)
}

// call is a command as the page sends it.
func (d *desk) call(t *testing.T, command string, c Call) Answer {
	t.Helper()
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/call/"+command, bytes.NewReader(body)))
	var a Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return a
}

// read returns the files of a result.
func read(t *testing.T, s *Saved) (all [][]byte) {
	t.Helper()
	for _, path := range s.Paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

// live waits until the only camera of each agent is live.
func (d *desk) live(t *testing.T, agents ...*fakeAgent) {
	t.Helper()
	for _, a := range agents {
		d.search.sighted(a.sighting())
	}
	for _, a := range agents {
		d.eventually(t, 10*time.Second, cameras.Key(a.status.ID, "x"), cameras.Live)
	}
}

// TestSnapshotIsWhatWasReceived: byte by byte one of the pictures of the stream, of the
// moment of the click.
func TestSnapshotIsWhatWasReceived(t *testing.T) {
	t.Parallel()
	a, pictures := filming(t, idA, "Garage", 50*time.Millisecond)
	dir := t.TempDir()
	d := saving(t, dir)
	d.look(t)
	d.live(t, a)
	begin := time.Now()
	s := d.call(t, "snapshot", Call{Key: cameras.Key(idA, "x")}).Saved
	if s == nil || s.Code != keep.NoCode || len(s.Paths) != 1 || s.Folder != dir || s.Missed != 0 || s.Until == 0 || s.CanShow {
		t.Fatalf("got %+v", s)
	}
	if base := filepath.Base(s.Paths[0]); !strings.HasPrefix(base, "Garage x 20") || !strings.HasSuffix(base, ".jpg") {
		t.Errorf("it is called %s", base)
	}
	n, at := pictures.find(read(t, s)[0])
	if n < 0 || at.Sub(begin).Abs() > time.Second {
		t.Errorf("it is picture %d, sent %v after the click", n, at.Sub(begin))
	}
	again := d.call(t, "snapshot", Call{Key: cameras.Key(idA, "x")}).Saved
	if len(again.Paths) != 1 || again.Paths[0] == s.Paths[0] {
		t.Errorf("got %+v", again)
	}
}

// TestSnapshotIsWhole: of a camera whose tile is small, too, and byte by byte.
func TestSnapshotIsWhole(t *testing.T) {
	t.Parallel()
	a, first := filming(t, idA, "Garage", 50*time.Millisecond)
	b, second := filming(t, idB, "Porch", 50*time.Millisecond)
	for _, r := range []*roll{first, second} {
		r.setWidth(640)
	}
	d := saving(t, t.TempDir())
	d.across.Store(300)
	d.look(t)
	d.live(t, a, b)
	eventually(t, 10*time.Second, "both are asked for half the size", func() bool {
		queries := strings.Join(append(a.queries(), b.queries()...), " ")
		return strings.Count(queries, "width=320") == 2 && len(a.queries()) == 1 && len(b.queries()) == 1
	})
	for _, key := range []string{cameras.Key(idA, "x"), ""} {
		for _, picture := range read(t, d.call(t, "snapshot", Call{Key: key}).Saved) {
			n, _ := first.find(picture)
			m, _ := second.find(picture)
			if n < 0 && m < 0 {
				width, _, _ := mjpeg.Size(picture)
				t.Errorf("a picture of %d pixels across that no camera gave", width)
			}
		}
	}
	eventually(t, 10*time.Second, "then they are as small as their tiles again", func() bool {
		return strings.Contains(strings.Join(a.queries(), " "), "width=320") && len(a.queries()) == 1
	})
}

// TestAllAtOneInstant: cameras of one rate are taken at most about a picture apart, and
// those that give none are counted.
func TestAllAtOneInstant(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := saving(t, dir)
	d.look(t)
	a, first := filming(t, idA, "Garage", 100*time.Millisecond)
	b, second := filming(t, idB, "Porch", 100*time.Millisecond)
	gone, _ := filming(t, strings.Replace(idB, "2", "3", 1), "Gone", 100*time.Millisecond)
	d.live(t, a, b, gone)
	gone.kill()
	d.eventually(t, 20*time.Second, cameras.Key(gone.status.ID, "x"), cameras.Offline)
	s := d.call(t, "snapshot", Call{}).Saved
	if s.Code != keep.NoCode || len(s.Paths) != 2 || s.Missed != 1 {
		t.Fatalf("got %+v", s)
	}
	var times []time.Time
	for _, data := range read(t, s) {
		n, at := first.find(data)
		if n < 0 {
			n, at = second.find(data)
		}
		if n < 0 {
			t.Fatal("a picture that nobody sent")
		}
		times = append(times, at)
	}
	if apart := times[0].Sub(times[1]).Abs(); apart > 300*time.Millisecond { // 100 on a computer with nothing else to do
		t.Errorf("they are %v apart", apart)
	}
	// Its last picture is still worth saving when it is asked for.
	last := d.call(t, "snapshot", Call{Key: cameras.Key(gone.status.ID, "x")}).Saved
	if last.Code != keep.NoCode || len(last.Paths) != 1 {
		t.Errorf("of one that is offline: %+v", last)
	}
}

// TestNothingToSave: words instead of a file.
func TestNothingToSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	a.set(func(a *fakeAgent) { a.frames = false })
	d := saving(t, dir)
	d.look(t)
	d.search.sighted(a.sighting())
	key := cameras.Key(idA, "x")
	d.eventually(t, 30*time.Second, key, cameras.Stalled)
	for _, c := range []Call{{Key: key}, {}, {Key: cameras.Key(idB, "x")}, {Key: "../x"}} {
		if s := d.call(t, "snapshot", c).Saved; s.Code != keep.NoPicture || len(s.Paths) != 0 {
			t.Errorf("snapshot of %q: %+v", c.Key, s)
		}
		if s := d.call(t, "clip", c).Saved; s.Code != keep.NoPicture || len(s.Paths) != 0 {
			t.Errorf("clip of %q: %+v", c.Key, s)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
}

func TestTheFolderIsGone(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	dir := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d := saving(t, dir)
	d.look(t)
	d.live(t, a)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"snapshot", "clip"} {
		if s := d.call(t, command, Call{Key: cameras.Key(idA, "x")}).Saved; s.Code != keep.NoFolder || s.Folder != dir || s.Detail == "" || len(s.Paths) != 0 {
			t.Errorf("%s: %+v", command, s)
		}
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder: %v", err)
	}
}

// TestReveal: only files that were saved are shown, and only where there is a window.
func TestReveal(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	var mu sync.Mutex
	var shown []string
	d := saving(t, t.TempDir(), func(c *engine.Config) {
		c.Reveal = func(path string) error {
			mu.Lock()
			defer mu.Unlock()
			shown = append(shown, path)
			return nil
		}
	})
	d.look(t)
	d.live(t, a)
	s := d.call(t, "snapshot", Call{Key: cameras.Key(idA, "x")}).Saved
	if !s.CanShow || len(s.Paths) != 1 {
		t.Fatalf("got %+v", s)
	}
	for _, path := range []string{"/etc/passwd", "", filepath.Dir(s.Paths[0])} {
		if r := d.call(t, "reveal", Call{Path: path}).Saved; r.Code != keep.Failed || r.CanShow {
			t.Errorf("%q: %+v", path, r)
		}
	}
	if r := d.call(t, "reveal", Call{Path: s.Paths[0]}).Saved; r.Code != keep.NoCode {
		t.Errorf("got %+v", r)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(shown) != 1 || shown[0] != s.Paths[0] {
		t.Errorf("shown: %v", shown)
	}
}

// TestClip: the pictures of the last seconds with the times at which they came, across a
// reconnect and a change of size, as ffmpeg reads them.
func TestClip(t *testing.T) {
	t.Parallel()
	ffprobe, err := exec.LookPath("ffprobe")
	if err != nil {
		t.Skip("ffprobe is not installed")
	}
	a, pictures := filming(t, idA, "Garage", 50*time.Millisecond)
	d := saving(t, t.TempDir())
	d.look(t)
	d.live(t, a)
	key := cameras.Key(idA, "x")
	more := func(n int, what string) {
		t.Helper()
		pictures.mu.Lock()
		until := len(pictures.sent) + n
		pictures.mu.Unlock()
		eventually(t, 30*time.Second, what, func() bool {
			pictures.mu.Lock()
			defer pictures.mu.Unlock()
			return len(pictures.sent) >= until
		})
	}
	more(10, "pictures")
	a.kill()
	d.eventually(t, 20*time.Second, key, cameras.Offline)
	a.start()
	d.search.sighted(a.sighting())
	d.eventually(t, 20*time.Second, key, cameras.Live)
	more(10, "pictures after a reconnect")
	pictures.setWidth(128)
	more(10, "pictures of another size")

	s := d.call(t, "clip", Call{Key: key}).Saved
	if s.Code != keep.NoCode || len(s.Paths) != 1 || !strings.HasSuffix(s.Paths[0], ".mkv") || s.Until == 0 {
		t.Fatalf("got %+v", s)
	}
	out, err := exec.CommandContext(t.Context(), ffprobe, "-v", "error", "-show_entries", "packet=pts_time,size:format=duration", "-of", "json", s.Paths[0]).Output()
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Packets []struct {
			Time string `json:"pts_time"`
		}
		Format struct{ Duration string }
	}
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	kept := d.Recent(key)
	for len(kept) > len(p.Packets) { // more have come since
		kept = kept[:len(kept)-1]
	}
	whole, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", s.Paths[0], "-c", "copy", "-f", "mjpeg", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var sizes, gaps int
	for i, packet := range p.Packets {
		at, err := strconv.ParseFloat(packet.Time, 64)
		want := kept[i].At.Sub(kept[0].At).Seconds()
		if err != nil || math.Abs(at-want) > 0.020 {
			t.Errorf("picture %d is at %s s, want %.3f", i, packet.Time, want)
		}
		if i > 0 && kept[i].At.Sub(kept[i-1].At) > 500*time.Millisecond {
			gaps++
		}
		if len(kept[i].JPEG) > 0 && i > 0 && len(kept[i].JPEG) != len(kept[i-1].JPEG) {
			sizes++
		}
		if n, _ := pictures.find(kept[i].JPEG); n < 0 || !bytes.HasPrefix(whole, kept[i].JPEG) {
			t.Fatalf("picture %d of the film is not the one that was sent", i)
		}
		whole = whole[len(kept[i].JPEG):]
	}
	if len(p.Packets) < 30 || len(whole) > 0 || sizes == 0 {
		t.Errorf("%d pictures, %d gaps, %d changes of size, %d bytes are left", len(p.Packets), gaps, sizes, len(whole))
	}
	if long, err := strconv.ParseFloat(p.Format.Duration, 64); err != nil || math.Abs(long-s.Seconds) > 0.06 {
		t.Errorf("it takes %s s, and the page is told %v", p.Format.Duration, s.Seconds)
	}
	if words, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-i", s.Paths[0], "-f", "null", "-").CombinedOutput(); err != nil || len(words) > 0 {
		t.Errorf("ffmpeg: %v\n%s", err, words)
	}
}

// TestNobodyLooksNothingIsKept: pictures go soon after the last look.
func TestNobodyLooksNothingIsKept(t *testing.T) {
	t.Parallel()
	a, _ := filming(t, idA, "Garage", 50*time.Millisecond)
	d := saving(t, t.TempDir())
	key := cameras.Key(idA, "x")
	t.Run("looking", func(t *testing.T) {
		d.look(t)
		d.live(t, a)
		eventually(t, 5*time.Second, "pictures are kept", func() bool { return len(d.Recent(key)) > 5 })
	})
	eventually(t, 10*time.Second, "no picture is kept", func() bool { return len(d.Recent(key)) == 0 })
	// The last picture may still be on its way.
	eventually(t, 10*time.Second, "there is nothing to save", func() bool {
		return d.call(t, "clip", Call{Key: key}).Saved.Code == keep.NoPicture
	})
}
