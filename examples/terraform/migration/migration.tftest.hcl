# terraform test (or tofu test) makes everything, checks it, and destroys it again.

run "moves_and_cuts_over" {
  command = apply

  assert {
    condition     = output.cutover_status == "finished"
    error_message = "The cutover was not made."
  }
}

run "changes_nothing_when_applied_again" {
  command = plan

  # A status that was about to change would not be known yet.
  assert {
    condition     = opendts_migration_task.shop.status == "finished"
    error_message = "A second apply would change the task."
  }
}
