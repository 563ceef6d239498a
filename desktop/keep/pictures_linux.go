package keep

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// maxUserDirs bounds what is read of the file of folders.
const maxUserDirs = 64 << 10

// picturesFolder is where desktops keep pictures, by the file of xdg-user-dirs.
func picturesFolder() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	data, _ := os.ReadFile(filepath.Join(config, "user-dirs.dirs")) // mostly there is none without a desktop
	if folder := userDir(data[:min(len(data), maxUserDirs)], "XDG_PICTURES_DIR", home); folder != "" {
		return folder, nil
	}
	return filepath.Join(home, "Pictures"), nil
}

// userDir reads one folder from the lines of user-dirs.dirs: XDG_PICTURES_DIR="$HOME/Bilder".
// It is empty when there is none, or when the line is not as xdg-user-dirs writes it.
func userDir(data []byte, name, home string) (folder string) {
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		key, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if strings.TrimSpace(key) != name {
			continue
		}
		value, quoted := strings.CutPrefix(strings.TrimSpace(value), `"`)
		value, ended := strings.CutSuffix(value, `"`)
		if !quoted || !ended {
			continue
		}
		value = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\$`, `$`, "\\`", "`").Replace(value) // as its shell would
		if below, ok := strings.CutPrefix(value, "$HOME"); ok && (below == "" || below[0] == '/') {
			value = home + below
		}
		if filepath.IsAbs(value) && !strings.ContainsRune(value, 0) {
			folder = filepath.Clean(value)
		}
	}
	return folder
}
