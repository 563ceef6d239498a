package keep

import "golang.org/x/sys/windows"

// picturesFolder is the user's, which may be in OneDrive.
func picturesFolder() (string, error) {
	return windows.KnownFolderPath(windows.FOLDERID_Pictures, windows.KF_FLAG_DEFAULT)
}
