package gridapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"net/http"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// inSizes is a picture of one shade of grey in all sizes of a camera of 640x480.
func inSizes(t *testing.T, shade uint8) sizes {
	t.Helper()
	all := sizes{}
	for factor := 1; factor <= 8; factor *= 2 {
		picture := image.NewGray(image.Rect(0, 0, 640/factor, 480/factor))
		draw.Draw(picture, picture.Rect, image.NewUniform(color.Gray{Y: shade}), image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, picture, nil); err != nil {
			t.Fatal(err)
		}
		all[factor] = b.Bytes()
	}
	return all
}

// wall is a page that shows many cameras in tiles of one width.
type wall struct {
	t      *testing.T
	server string
	keys   []string
	drawn  map[string]sizes // by key
	last   map[string]uint64
	shown  map[string]int // by what the picture in each tile is divided, 0 for none yet
	loads  int
}

// ask asks once what is new and loads it. What it finds in a tile must be a whole
// picture of the tile's camera, and no frame may come twice.
func (w *wall) ask(tile int) {
	w.t.Helper()
	q := Question{}
	for _, key := range w.keys {
		q.Want = append(q.Want, Want{Key: key, Seq: w.last[key], FPS: 10, Width: tile})
	}
	body, err := json.Marshal(q)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.Post(w.server+"/frames", "application/json", bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	body, err = io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, news := range readAnswer(w.t, body).News {
		if news.Seq <= w.last[news.Key] {
			w.t.Errorf("%s: frame %d after %d", news.Key, news.Seq, w.last[news.Key])
		}
		w.last[news.Key] = news.Seq
		w.load(news.Key, tile)
	}
}

func (w *wall) load(key string, tile int) {
	w.t.Helper()
	w.loads++
	status, picture := getFrame(w.t, w.server, key)
	for factor, drawn := range w.drawn[key] {
		if bytes.Equal(picture, drawn) {
			w.shown[key] = factor
			return
		}
	}
	w.t.Errorf("a tile of %d pixels would show %d bytes (%d) that are no picture of %s", tile, len(picture), status, key)
}

// until asks until the pictures of all tiles are divided by a factor.
func (w *wall) until(tile, factor int) {
	w.t.Helper()
	eventually(w.t, 20*time.Second, fmt.Sprintf("in tiles of %d pixels all are divided by %d", tile, factor), func() bool {
		w.ask(tile)
		for _, key := range w.keys {
			if w.shown[key] != factor {
				return false
			}
		}
		return true
	})
}

// TestSixtyFourTilesAreResizedWhileLive: never a black or a wrong tile.
func TestSixtyFourTilesAreResizedWhileLive(t *testing.T) {
	const n = 64
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("c%d", i))
	}
	a := newAgent(t, idA, "Wall", ids...)
	w := &wall{t: t, drawn: map[string]sizes{}, last: map[string]uint64{}, shown: map[string]int{}}
	a.set(func(a *fakeAgent) {
		a.every, a.drawn = 100*time.Millisecond, map[string]sizes{}
		for i, id := range ids {
			key := cameras.Key(idA, id)
			a.drawn[id] = inSizes(t, uint8(4*i))
			w.keys, w.drawn[key] = append(w.keys, key), a.drawn[id]
			a.status.Cameras[i].Width, a.status.Cameras[i].Height, a.status.Cameras[i].Framerate = 640, 480, 10
		}
	})
	d := startDesk(t, "", nil)
	w.server = serve(t, d)
	d.Add(a.addr)
	w.until(150, 4)
	for tile := 150; tile <= 900; tile += 25 {
		w.ask(tile)
	}
	w.until(900, 1)
	for tile := 900; tile >= 150; tile -= 25 {
		w.ask(tile)
	}
	w.until(300, 2)
	w.until(150, 4)
	w.until(900, 1)
	for _, key := range w.keys {
		if c := d.camera(key); c.State != cameras.Live && c.State != cameras.Slow || c.Width != 640 || c.Height != 480 {
			t.Errorf("got %+v", c)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// The one that is shown and the one that comes; of some that have ended the agent hears late.
	if a.most > 2*n+n/8 || w.loads < 10*n {
		t.Errorf("%d streams at once, %d pictures loaded", a.most, w.loads)
	}
}
