package client

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const (
	maxAgentCameras = 64
	maxName         = 100 // runes
	maxText         = 500 // runes
	maxPath         = 512 // bytes
	minRate         = 0.01
	maxRate         = 1000
	maxSide         = 65535
)

// ErrNotStatus is what [ParseStatus] wraps.
var ErrNotStatus = errors.New("not the status of a PiGrid agent")

// readStatus reads the answer to the question for an agent's status. A camera may
// answer every question with a stream that never ends; it is left at once.
func readStatus(resp *http.Response) (api.Status, error) {
	label := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Type")))
	for _, other := range []string{"multipart/", "image/", "video/"} {
		if strings.HasPrefix(label, other) {
			return api.Status{}, fmt.Errorf("%w: the answer has the type %.80q", ErrNotStatus, label)
		}
	}
	body := bufio.NewReader(io.LimitReader(resp.Body, maxStatusBody+1))
	for {
		switch first, err := body.ReadByte(); {
		case errors.Is(err, io.EOF):
			return api.Status{}, fmt.Errorf("%w: the answer is empty", ErrNotStatus)
		case err != nil:
			return api.Status{}, err
		case strings.IndexByte(" \t\r\n", first) >= 0:
			continue
		case first != '{':
			return api.Status{}, fmt.Errorf("%w: the answer begins with %q", ErrNotStatus, first)
		}
		_ = body.UnreadByte() // it was the last that was read
		break
	}
	all, err := io.ReadAll(body)
	if err != nil {
		return api.Status{}, err
	}
	return ParseStatus(all)
}

// ParseStatus reads an agent's status and makes it safe to show: texts without
// control characters and of bounded length, numbers in range, only cameras with
// a valid id and an absolute path on the agent itself. A status of another API
// version comes back without cameras, because their meaning is not known.
func ParseStatus(body []byte) (api.Status, error) {
	var head struct {
		API                              int
		ID, Name, Host, Version, Started string
		Access                           api.Access
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return api.Status{}, fmt.Errorf("%w: %w", ErrNotStatus, err)
	}
	if head.API <= 0 || !cameras.ValidID(head.ID) {
		return api.Status{}, fmt.Errorf("%w: api %d, id %.80q", ErrNotStatus, head.API, head.ID)
	}
	s := api.Status{
		API: head.API, ID: head.ID, Name: clean(head.Name, maxName), Host: clean(head.Host, maxName),
		Version: clean(head.Version, maxName), Started: clean(head.Started, maxName), Cameras: []api.Camera{},
	}
	if s.Name == "" {
		s.Name = s.ID
	}
	if head.Access == api.Open || head.Access == api.Locked {
		s.Access = head.Access
	}
	if head.API != api.Version {
		return s, nil
	}
	var list struct{ Cameras []api.Camera }
	if err := json.Unmarshal(body, &list); err != nil {
		return api.Status{}, fmt.Errorf("%w: %w", ErrNotStatus, err)
	}
	s.Cameras = validCameras(list.Cameras)
	return s, nil
}

func validCameras(list []api.Camera) []api.Camera {
	valid := []api.Camera{}
	seen := map[string]bool{}
	for _, c := range list {
		if len(valid) == maxAgentCameras {
			break
		}
		if !cameras.ValidID(c.ID) || seen[c.ID] || !validPath(c.Video) {
			continue
		}
		seen[c.ID] = true
		valid = append(valid, validCamera(c))
	}
	return valid
}

func validCamera(c api.Camera) api.Camera {
	if c.Name = clean(c.Name, maxName); c.Name == "" {
		c.Name = c.ID
	}
	c.State = api.State(clean(string(c.State), maxName))
	c.Width, c.Height = within(c.Width, maxSide), within(c.Height, maxSide)
	c.Framerate, c.FPS = within(c.Framerate, maxRate), within(c.FPS, maxRate)
	if c.Framerate < minRate {
		c.Framerate = 0
	}
	if !validPath(c.Snapshot) {
		c.Snapshot = ""
	}
	if c.Rotation%90 != 0 || c.Rotation < 0 || c.Rotation > 270 {
		c.Rotation = 0
	}
	c.Error, c.Warning = validProblem(c.Error), validProblem(c.Warning)
	c.Scaled = nil // the app does not need it, and it may be long
	return c
}

func validProblem(p *api.Problem) *api.Problem {
	if p == nil {
		return nil
	}
	return &api.Problem{
		Code:    api.Code(clean(string(p.Code), maxName)),
		Message: clean(p.Message, maxText),
		Hint:    clean(p.Hint, maxText),
	}
}

// within returns n, or 0 when it is not between 0 and top.
func within[T int | float64](n, top T) T {
	if n >= 0 && n <= top {
		return n
	}
	return 0
}

// validPath reports whether p is an absolute path, query allowed, that cannot
// lead to another host.
func validPath(p string) bool {
	if len(p) > maxPath || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\#") {
		return false
	}
	u, err := url.Parse(p)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && clean(p, maxPath) == p
}

// clean makes a text from the network safe to show: no control or invisible
// formatting characters, single spaces, at most limit runes.
func clean(s string, limit int) string {
	var b strings.Builder
	runes := 0
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			continue
		}
		if space {
			if runes++; runes >= limit {
				break
			}
			b.WriteByte(' ')
			space = false
		}
		if runes++; runes > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
