package gridapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// commandRow is a line of PAGE.md's tables of commands.
var commandRow = regexp.MustCompile("(?m)^\\| ((?:`[a-zA-Z]+`(?:, )?)+) \\|")

// commands are all that PAGE.md lists.
func commands(t *testing.T) (list []string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "PAGE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range commandRow.FindAllStringSubmatch(string(page), -1) {
		for name := range strings.SplitSeq(row[1], ", ") {
			list = append(list, strings.Trim(name, "`"))
		}
	}
	if len(list) < 40 {
		t.Fatalf("only %d commands in PAGE.md: %v", len(list), list)
	}
	return list
}

// sendBody sends a command or a question as a page does.
func sendBody(h http.Handler, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
	return w
}

// TestViewersChangeNothing, whatever their page sends.
func TestViewersChangeNothing(t *testing.T) {
	d := startDesk(t, "", nil)
	viewers := d.Viewers()
	allowed := map[string]bool{"retry": true, "history": true, "exportHistory": true}
	for _, command := range append(commands(t), "cancelAdd", "heard", "none", "Retry", "retry ") {
		want := http.StatusForbidden
		if allowed[command] {
			want = http.StatusOK
		}
		w := sendBody(viewers, "/call/"+strings.ReplaceAll(command, " ", "%20"), `{"key":"","address":"127.0.0.1:1"}`)
		if w.Code != want || want == http.StatusForbidden && !strings.Contains(w.Body.String(), "only shows cameras") {
			t.Errorf("%s: %d %s, want %d", command, w.Code, w.Body, want)
		}
	}
	if w := sendBody(viewers, "/call/history", "{"); w.Code != http.StatusBadRequest {
		t.Errorf("half a question: %d", w.Code)
	}
	var a Answer
	if err := json.Unmarshal(sendBody(viewers, "/frames", `{}`).Body.Bytes(), &a); err != nil || a.State == nil || !a.State.ReadOnly {
		t.Errorf("the page is not told that it only looks: %v", err)
	}
	if d.State().ReadOnly {
		t.Error("the window's page may not change anything either")
	}
}

// TestWhatViewersAreToldOf is not more than they need.
func TestWhatViewersAreToldOf(t *testing.T) {
	told := forViewers(State{
		Notice: "/home/me/settings.json was damaged", Crowded: true, Twins: &Twins{Name: "secret"},
		Away: []string{}, Discovery: Discovery{Interfaces: []string{}}, Views: []View{},
		Search: Search{Running: true, Networks: []string{"10.9.8.0/24"}},
		Access: Access{
			Households: []Household{{ID: "h1", Name: "secret", Kept: "keychain"}}, Strange: 3, Lock: &Lock{},
			New: []OpenAgent{{Name: "secret"}}, Open: []OpenAgent{{Name: "secret"}},
		},
		Cameras: []Camera{
			{Key: "url:1", Name: "Porch", URL: "http://10.9.8.7/cgi?user=a&pwd=secret", Detail: `GET "/cgi?user=a&pwd=secret"`, Household: "h1"},
			{Key: "url:2", Name: "Yard", URL: "http://10.9.8.6/video", Detail: "refused"},
		},
	})
	text, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"secret", "h1", "/home/me", "10.9.8.0", "null"} {
		if strings.Contains(string(text), word) {
			t.Errorf("%s: %s", word, text)
		}
	}
	for _, word := range []string{"Porch", `"http://10.9.8.7/cgi"`, `"http://10.9.8.6/video"`, `"refused"`, `"readOnly":true`} {
		if !strings.Contains(string(text), word) {
			t.Errorf("no %s: %s", word, text)
		}
	}
}

// TestViewersDoNotHammer a camera: it is tried once a second however often they want it.
func TestViewersDoNotHammer(t *testing.T) {
	v := &viewers{retried: map[string]time.Time{}}
	now := time.Now()
	for i, tt := range []struct {
		key   string
		after time.Duration
		want  bool
	}{
		{"a", 0, true},
		{"a", 0, false},
		{"b", 0, true},
		{"a", retryPause - 1, false},
		{"a", retryPause, true},
		{"b", retryPause, true},
		{"a", retryPause + 1, false},
	} {
		if got := v.mayRetry(tt.key, now.Add(tt.after)); got != tt.want {
			t.Errorf("%d: %v", i, got)
		}
	}
	for i := range 10 * maxRetried {
		v.mayRetry(string(rune('A'+i)), now.Add(retryPause))
	}
	if len(v.retried) > maxRetried {
		t.Errorf("%d are remembered", len(v.retried))
	}
}

// TestViewersOfTwoPages see the same pictures, and add up to one connection.
func TestViewersOfTwoPages(t *testing.T) {
	a := newAgent(t, idA, "porch", "imx708")
	d := startDesk(t, "", nil)
	key := d.Add(a.addr).Keys[0]
	viewers := d.Viewers()
	pictures := 0
	eventually(t, 5*time.Second, "two pages have pictures", func() bool {
		for _, width := range []string{"0", "64"} {
			sendBody(viewers, "/frames", `{"want":[{"key":"`+key+`","seq":0,"fps":0,"width":`+width+`}]}`)
		}
		w := httptest.NewRecorder()
		viewers.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/frame?key="+key, nil))
		if w.Code == http.StatusOK {
			pictures++
		}
		return pictures > 20
	})
	if open := a.streams(); len(open) != 1 {
		t.Errorf("%d connections: %v", len(open), open)
	}
}
