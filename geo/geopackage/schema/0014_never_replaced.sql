-- REPLACE deletes the row that is in its way without asking the triggers of deletions, so it is refused beforehand.
CREATE TRIGGER revisions_are_not_replaced BEFORE INSERT ON revisions
WHEN EXISTS (SELECT 1 FROM revisions WHERE sequence = NEW.sequence)
  OR EXISTS (SELECT 1 FROM revisions WHERE project_id = NEW.project_id AND number = NEW.number)
BEGIN
  SELECT RAISE(ABORT, 'revisions are append-only');
END;

CREATE TRIGGER audit_log_is_not_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE sequence = NEW.sequence)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER named_releases_are_not_replaced BEFORE INSERT ON named_releases
WHEN EXISTS (SELECT 1 FROM named_releases WHERE name = NEW.name)
BEGIN
  SELECT RAISE(ABORT, 'releases are append-only');
END;

CREATE TRIGGER proposals_decided_are_not_replaced BEFORE INSERT ON proposals
WHEN EXISTS (SELECT 1 FROM proposals WHERE id = NEW.id AND state NOT IN ('open', 'asked'))
  OR EXISTS (SELECT 1 FROM proposals WHERE once_name = NEW.once_name AND state NOT IN ('open', 'asked'))
BEGIN
  SELECT RAISE(ABORT, 'decided proposals are not changed');
END;

CREATE TRIGGER proposal_remarks_are_not_replaced BEFORE INSERT ON proposal_remarks
WHEN EXISTS (SELECT 1 FROM proposal_remarks WHERE proposal_id = NEW.proposal_id AND number = NEW.number)
BEGIN
  SELECT RAISE(ABORT, 'remarks are not changed');
END;

-- Those of a proposal that is removed before it is decided go with it.
CREATE TRIGGER proposal_remarks_of_decided_stay BEFORE DELETE ON proposal_remarks
WHEN (SELECT state FROM proposals WHERE id = OLD.proposal_id) NOT IN ('open', 'asked')
BEGIN
  SELECT RAISE(ABORT, 'remarks are not changed');
END;
