package household

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// CookieTime is how long a browser stays logged in.
const CookieTime = 180 * 24 * time.Hour

// Floor is a time that has passed: a clock that says less is wrong, as a Pi's is that
// boots without a network.
var Floor = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// CookieEnd is when a cookie ends that is made now. With a wrong clock it would have ended
// when that is set.
func CookieEnd(now time.Time) time.Time {
	if now.Before(Floor) {
		now = Floor
	}
	return now.Add(CookieTime)
}

// A cookie is when it ends, which view password it was for, and a MAC of both under a
// key that only who gave it has.
const (
	endBytes    = 8
	whichBytes  = 8
	cookieBytes = endBytes + whichBytes + sha256.Size
)

// NewCookie is what a browser keeps that has sent a view password, until it ends.
func (k AgentKey) NewCookie(view Hash, end time.Time) string {
	return hex.EncodeToString(k.cookie(view, end))
}

func (k AgentKey) cookie(view Hash, end time.Time) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(max(end.Unix(), 0)))
	b = append(b, view[:whichBytes]...)
	key := k.Cookie(view)
	m := hmac.New(sha256.New, key[:])
	m.Write(b)
	return m.Sum(b)
}

// Signed reports whether a cookie was made by NewCookie with this key for this view
// password, and has not ended.
func (k AgentKey) Signed(cookie string, view Hash, now time.Time) bool {
	if len(cookie) != hex.EncodedLen(cookieBytes) {
		return false
	}
	b, err := hex.DecodeString(strings.ToLower(cookie))
	if err != nil {
		return false
	}
	end := time.Unix(int64(min(binary.BigEndian.Uint64(b), 1<<40)), 0) //nolint:gosec // it is small
	return now.Before(end) && hmac.Equal(k.cookie(view, end), b)
}
