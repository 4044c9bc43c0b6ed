# Moves a shop to another server and cuts over, in one apply.

terraform {
  required_version = ">= 1.11"
  required_providers {
    opendts = {
      source = "opendts/opendts"
    }
  }
}

# Address and token of the service: OPENDTS_ENDPOINT and OPENDTS_TOKEN.
provider "opendts" {}

resource "opendts_endpoint" "source" {
  name        = "shop, old server"
  engine      = "mysql"
  host        = var.source_host
  port        = var.source_port
  username    = var.source_username
  password_wo = var.source_password
}

resource "opendts_endpoint" "target" {
  name        = "shop, new server"
  engine      = "mysql"
  host        = var.target_host
  port        = var.target_port
  username    = var.target_username
  password_wo = var.target_password
}

resource "opendts_migration_task" "shop" {
  name      = "move the shop"
  source_id = opendts_endpoint.source.id
  target_id = opendts_endpoint.target.id

  databases = {
    shop = {
      target = "shop_v2"
      tables = {
        customers = {}
        orders    = { target = "purchases" }
      }
    }
  }

  # The apply goes on once the copy is whole and the target keeps up.
  wait_for = "incremental"
}

# To cut over later, leave this out at first: the task keeps the target in step until then.
resource "opendts_cutover" "shop" {
  task_id         = opendts_migration_task.shop.id
  max_lag_seconds = 5
}
