package mjpeg

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// djpeg is libjpeg's own program, the judge of what a JPEG is; empty where it is
// not installed. Every browser decodes with that library.
var djpeg, _ = exec.LookPath("djpeg")

// framing is what djpeg says where bytes are not one whole picture: glued, torn,
// or of a kind that it never decodes. The rest is damage inside a segment, which
// is passed on as it came.
var framing = regexp.MustCompile(`Not a JPEG|two SOI|two SOF|missing SOS|SOS before SOF|SOF type|marker type|Premature end of JPEG|no image|Empty`)

// libjpeg decodes a picture. It returns the error that ended it, if any, and all
// warnings.
func libjpeg(t testing.TB, jpeg []byte) (failure string, warnings []string) {
	t.Helper()
	cmd := exec.Command(djpeg, "-verbose", "-verbose", "-verbose", "-outfile", "/dev/null")
	cmd.Stdin = bytes.NewReader(jpeg)
	said, err := cmd.CombinedOutput()
	for line := range strings.Lines(string(said)) {
		line = strings.TrimSpace(line)
		failure = line // the last one, if it failed
		if strings.HasPrefix(line, "Corrupt JPEG data") || strings.HasPrefix(line, "Premature") || strings.HasPrefix(line, "Inconsistent") {
			warnings = append(warnings, line)
		}
	}
	var exit *exec.ExitError
	switch {
	case err == nil, errors.As(err, &exit) && exit.ExitCode() == 2: // 2: with warnings
		return "", warnings
	case exit == nil:
		t.Fatal(err)
	}
	return failure, warnings
}

// affordable reports whether a picture is small enough to be decoded many times.
func affordable(jpeg []byte) bool {
	w, h, ok := Size(jpeg)
	return !ok || w*h <= 1<<18
}

// mustDecode fails when libjpeg does not find one whole picture in what is passed on.
func mustDecode(t testing.TB, jpeg []byte) {
	t.Helper()
	if djpeg == "" || !affordable(jpeg) {
		return
	}
	failure, warnings := libjpeg(t, jpeg)
	if failure != "" && !framing.MatchString(failure) {
		return // damage inside a segment: libjpeg reads on past its end
	}
	for _, said := range append(warnings, failure) {
		if framing.MatchString(said) {
			t.Fatalf("%d bytes were passed on, and libjpeg says: %s", len(jpeg), said)
		}
	}
}

// isOneWhole reports whether libjpeg takes the bytes as one picture from SOI to
// EOI, and finds nothing wrong but stray bytes between segments. That it reads
// to the last EOI shows in what it says without it.
func isOneWhole(t testing.TB, jpeg []byte) bool {
	t.Helper()
	if djpeg == "" || !bytes.HasPrefix(jpeg, soi) || !bytes.HasSuffix(jpeg, []byte{0xFF, markerEOI}) || !affordable(jpeg) {
		return false
	}
	failure, warnings := libjpeg(t, jpeg)
	if failure != "" {
		return false
	}
	for _, said := range warnings {
		if !strings.Contains(said, "extraneous bytes before marker") {
			return false
		}
	}
	_, cut := libjpeg(t, jpeg[:len(jpeg)-2])
	return len(cut) > 0 && strings.HasPrefix(cut[len(cut)-1], "Premature end of JPEG")
}

// mustPass fails when libjpeg takes the bytes as one whole picture and we do not.
// Pictures inside a segment are left out: from a torn picture and the next one
// libjpeg makes one, and we do not.
func mustPass(t testing.TB, jpeg []byte) {
	t.Helper()
	if bytes.Count(jpeg, soi) != 1 || !isOneWhole(t, jpeg) {
		return
	}
	if all, counts := scanAll(t, bytes.NewReader(jpeg)); len(all) != 1 || !bytes.Equal(all[0], jpeg) {
		t.Errorf("libjpeg takes it, the Scanner does not: %d frames, %+v", len(all), counts)
	}
	part := fmt.Sprintf("--x\r\nContent-Length: %d\r\n\r\n%s\r\n--x--\r\n", len(jpeg), jpeg)
	if all, err := readAll(t, strings.NewReader(part), anyType); len(all) != 1 || !bytes.Equal(all[0].JPEG, jpeg) {
		t.Errorf("libjpeg takes it, the Reader does not: %d frames, %v", len(all), err)
	}
}

// TestLibjpegAgrees: the judge takes what we take, and nothing else.
func TestLibjpegAgrees(t *testing.T) {
	if djpeg == "" {
		t.Skip("djpeg is not installed (Debian: libjpeg-turbo-progs)")
	}
	head, frame, rest := segments(t)
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, tt := range map[string]struct {
		jpeg  []byte
		whole bool
	}{
		"a picture":          {cat(head, frame, rest), true},
		"a stray byte":       {cat(head, []byte{0}, frame, rest), true},
		"stray bytes":        {cat(head, []byte("\xff\x00stray"), frame, []byte{1, 0xFF, 0xFF, 0}, rest), true},
		"no end":             {cat(head, frame, rest[:len(rest)-2]), false},
		"two of them":        {cat(head, frame, rest, head, frame, rest), false},
		"a reserved marker":  {cat(head, []byte{0xFF, 0x02, 0, 2}, frame, rest), false},
		"two frame headers":  {cat(head, frame, frame, rest), false},
		"no frame header":    {cat(head, rest), false},
		"a lossless picture": {cat(head, []byte{0xFF, 0xC3}, frame[2:], rest), false},
	} {
		if got := isOneWhole(t, tt.jpeg); got != tt.whole {
			t.Errorf("%s: libjpeg takes it: %v", name, got)
		}
		all, _ := scanAll(t, bytes.NewReader(tt.jpeg))
		if got := len(all) == 1 && len(all[0]) == len(tt.jpeg); got != tt.whole {
			t.Errorf("%s: the Scanner takes it: %v", name, got)
		}
	}
}
