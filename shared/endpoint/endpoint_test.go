package endpoint

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestURL(t *testing.T) {
	for e, want := range map[Endpoint]string{
		HTTP("192.168.1.2:8080"):       "http://192.168.1.2:8080/video?fps=10",
		HTTP("[fe80::1%eth0]:81"):      "http://[fe80::1%25eth0]:81/video?fps=10",
		{Scheme: "https", Addr: "a:1"}: "https://a:1/video?fps=10",
	} {
		if got := e.URL("/video?fps=10"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestCredentialsAreNeverShown(t *testing.T) {
	c := &Credentials{User: "root", Password: "s3cret", Query: "pwd=s3cret"}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("asked", "credentials", c, "value", *c)
	for _, text := range []string{
		fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", *c, *c, *c, *c), fmt.Sprintf("%+v", *c), log.String(),
		fmt.Sprintf("%+v", struct{ C Credentials }{*c}),
	} {
		if strings.Contains(text, "s3cret") || strings.Contains(text, "root") {
			t.Errorf("shown: %s", text)
		}
	}
}

func TestNoCredentials(t *testing.T) {
	var none *Credentials
	if none.HasQuery() || none.HasPassword() || none.Equal(none) {
		t.Error("nil has something")
	}
	if c := (&Credentials{User: "root"}); !c.HasPassword() || c.HasQuery() || !c.Equal(&Credentials{User: "root"}) || c.Equal(none) {
		t.Error("a name alone is not enough")
	}
}
