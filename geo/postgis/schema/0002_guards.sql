-- The history cannot be rewritten, and the layer cannot be edited past the history (by a desktop GIS, say). Who owns the
-- tables can take these off; programs that only read should have a role that may only read.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER revisions_stay BEFORE UPDATE OR DELETE ON revisions
  FOR EACH ROW EXECUTE FUNCTION refuse_change('revisions are append-only');
CREATE TRIGGER revisions_are_not_emptied BEFORE TRUNCATE ON revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('revisions are append-only');
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change('the audit log is append-only');
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the audit log is append-only');
CREATE TRIGGER named_releases_stay BEFORE UPDATE OR DELETE ON named_releases
  FOR EACH ROW EXECUTE FUNCTION refuse_change('releases are append-only');
CREATE TRIGGER named_releases_are_not_emptied BEFORE TRUNCATE ON named_releases
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('releases are append-only');
CREATE TRIGGER decided_proposals_stay BEFORE UPDATE OR DELETE ON proposals
  FOR EACH ROW WHEN (OLD.state NOT IN ('open', 'asked')) EXECUTE FUNCTION refuse_change('decided proposals stay');
CREATE TRIGGER remarks_are_not_changed BEFORE UPDATE ON proposal_remarks
  FOR EACH ROW EXECUTE FUNCTION refuse_change('remarks are not changed');

-- Those of a proposal that is removed before it is decided go with it.
CREATE FUNCTION refuse_loss_of_remark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM proposals WHERE id = OLD.proposal_id AND state NOT IN ('open', 'asked')) THEN
    RAISE EXCEPTION 'remarks are not changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER remarks_of_decided_stay BEFORE DELETE ON proposal_remarks
  FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_remark();

CREATE FUNCTION refuse_row_without_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.sequence = OLD.sequence AND (SELECT version FROM derived_columns) = 0 THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.sequence = OLD.sequence
    OR NOT EXISTS (SELECT 1 FROM revisions r WHERE r.shard = NEW.shard AND r.project_id = NEW.id
      AND r.number = NEW.revision AND r.sequence = NEW.sequence AND r.action <> 'delete') THEN
    RAISE EXCEPTION 'projects are changed through the ledger, which keeps their revisions'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER projects_have_revisions BEFORE INSERT OR UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION refuse_row_without_revision();

CREATE FUNCTION refuse_loss_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT action FROM revisions WHERE shard = OLD.shard AND project_id = OLD.id ORDER BY number DESC LIMIT 1)
    <> 'delete' THEN
    RAISE EXCEPTION 'projects are deleted through the ledger, which keeps their revisions'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER projects_are_not_lost BEFORE DELETE ON projects FOR EACH ROW EXECUTE FUNCTION refuse_loss_of_row();
