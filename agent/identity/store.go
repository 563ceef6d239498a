package identity

import "pigrid/agent/smallfile"

// store writes one small file so that a power cut leaves the old or the new one.
func store(path, text string) error {
	return smallfile.Write(path, []byte(text+"\n"), 0o644)
}
