package gridapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestNoOtherPageFramesThisOne(t *testing.T) {
	page := Unframed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := answer.Header().Get("Content-Security-Policy"); got != "frame-ancestors 'none'" || answer.Code != http.StatusNoContent {
		t.Errorf("got %q, %d", got, answer.Code)
	}
}
