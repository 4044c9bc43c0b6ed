# terraform test (or tofu test) makes everything, checks it, and destroys it again.

run "keeps_in_step" {
  command = apply

  assert {
    condition     = output.status == "running"
    error_message = "The task does not run."
  }

  assert {
    condition     = contains(output.tables, "shop.orders")
    error_message = "The source has no table shop.orders."
  }
}

run "changes_nothing_when_applied_again" {
  command = plan

  # A status that was about to change would not be known yet.
  assert {
    condition     = opendts_sync_task.shop.status == "running"
    error_message = "A second apply would change the task."
  }
}
