package server

import "github.com/rasoat/rasoat/services/internal/operator"

// Keeps tells what the service keeps, for a backup.
func (s *Server) Keeps() operator.Keeps {
	return operator.Keeps{Store: s.db, Collections: []string{submissionsName}, DriveID: s.cfg.Drive.ID, DriveDigest: s.cfg.Drive.Digest}
}
