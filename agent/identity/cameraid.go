package identity

import "strings"

const (
	// reservedID stands for "no camera found yet" in a running agent.
	reservedID = "camera"
	// maxModel and maxCameraID bound what is typed, in bytes; the difference is
	// for the number of the second camera.
	maxModel, maxCameraID = 32, 40
)

// cleanID turns a model into an id: lower-case letters, digits and dashes.
func cleanID(model string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, model)
	id = strings.Trim(id, "-")
	id = strings.TrimRight(id[:min(len(id), maxModel)], "-")
	if id == "" {
		return "sensor"
	}
	return id
}

// validCameraID reports whether id could have come from [CameraIDs.ID].
func validCameraID(id string) bool {
	if id == "" || len(id) > maxCameraID || id == reservedID || id[0] == '-' || id[len(id)-1] == '-' {
		return false
	}
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
