package gridapi

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

// padded is a JPEG of 1000 by 1000 pixels with comments of so many bytes.
func padded(t *testing.T, size int) []byte {
	t.Helper()
	data := testJPEG(t)
	sof := bytes.Index(data, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(data[sof+5:], 1000)
	binary.BigEndian.PutUint16(data[sof+7:], 1000)
	sos := bytes.LastIndex(data, []byte{0xFF, 0xDA}) // behind the size: only a large picture may be so long
	comment := append([]byte{0xFF, 0xFE, 0xFF, 0xFF}, make([]byte, 0xFFFF-2)...)
	return append(append(data[:sos:sos], bytes.Repeat(comment, size/len(comment))...), data[sos:]...)
}

// While WebKit loads a picture of 33 MB it paints nothing: the good cameras beside
// six such stood at 13 of 20 looks.
func TestLargePicturesLeaveTimeToPaint(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	for _, tt := range []struct {
		size     int
		from, to time.Duration // for two at the same time
	}{
		{100 << 10, 0, 0},
		{5 << 20, 300 * time.Millisecond, 400 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			a.set(func(a *fakeAgent) { a.jpeg = padded(t, tt.size) })
			d := startDesk(t, "", &fakeClient{agent: a})
			d.look(t)
			d.search.sighted(a.sighting())
			time.Sleep(300 * time.Millisecond)
			begin := time.Now()
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					answer := httptest.NewRecorder()
					d.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/frame?key="+url.QueryEscape(cameras.Key(idA, "x")), nil))
					if answer.Code != http.StatusOK || !bytes.Equal(answer.Body.Bytes(), a.jpeg) {
						t.Errorf("%d, %d bytes", answer.Code, answer.Body.Len())
					}
				})
			}
			wg.Wait()
			if took := time.Since(begin); took < tt.from || took > tt.to {
				t.Errorf("two pictures of %d kB took %v", tt.size>>10, took)
			}
		})
	}
}

// The page asks again after 3 s for a picture that did not come. What had waited for
// longer still was loaded for nobody, and the queue grew, with 33 MB each.
func TestLargePicturesThatNobodyWaitsForAreNotLoaded(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) { a.jpeg = padded(t, 5<<20) })
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a})
		d.look(t)
		d.search.sighted(a.sighting())
		time.Sleep(300 * time.Millisecond)
		var mu sync.Mutex
		codes := map[int]int{}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				begin, answer := time.Now(), httptest.NewRecorder()
				d.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/frame?key="+url.QueryEscape(cameras.Key(idA, "x")), nil))
				mu.Lock()
				defer mu.Unlock()
				codes[answer.Code]++
				if took := time.Since(begin); took > 3*time.Second {
					t.Errorf("%d after %v", answer.Code, took)
				}
			})
		}
		wg.Wait()
		if codes[http.StatusOK] < 5 || codes[http.StatusOK]+codes[http.StatusServiceUnavailable] != 40 {
			t.Errorf("got %v", codes)
		}
	})
}

// stuck is an answer that nobody reads until its deadline.
type stuck struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (s *stuck) SetWriteDeadline(at time.Time) error { s.until = at; return nil }

func (s *stuck) Write([]byte) (int, error) {
	time.Sleep(time.Until(s.until))
	return 0, os.ErrDeadlineExceeded
}

// A phone that gets little held up the large pictures of all others.
func TestLargePicturesOfOthersDoNotWaitForASlowOne(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	a.set(func(a *fakeAgent) { a.jpeg = padded(t, 5<<20) })
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a})
		d.look(t)
		d.search.sighted(a.sighting())
		time.Sleep(300 * time.Millisecond)
		viewers := d.Viewers()
		ask := func(client string) *http.Request {
			r := httptest.NewRequest(http.MethodGet, "/frame?key="+url.QueryEscape(cameras.Key(idA, "x")), nil)
			r.RemoteAddr = client
			return r
		}
		var slow sync.WaitGroup
		begin := time.Now()
		slow.Go(func() {
			viewers.ServeHTTP(&stuck{ResponseRecorder: httptest.NewRecorder()}, ask("192.0.2.7:1"))
			if took := time.Since(begin); took > 6*time.Second {
				t.Errorf("a slow one is served for %v", took)
			}
		})
		synctest.Wait()
		for client, want := range map[string]int{"192.0.2.7:2": http.StatusServiceUnavailable, "192.0.2.8:1": http.StatusOK} {
			answer := httptest.NewRecorder()
			viewers.ServeHTTP(answer, ask(client))
			if answer.Code != want {
				t.Errorf("%s: %d, want %d", client, answer.Code, want)
			}
		}
		slow.Wait()
	})
}
