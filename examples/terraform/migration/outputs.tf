output "task_id" {
  value = opendts_migration_task.shop.id
}

output "cutover_status" {
  value = opendts_cutover.shop.status
}
