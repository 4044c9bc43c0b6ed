variable "source_host" {
  type        = string
  description = "Host of the server that has the shop."
}

variable "source_port" {
  type    = number
  default = 3306
}

variable "source_username" {
  type = string
}

variable "source_password" {
  type      = string
  ephemeral = true
}

variable "target_host" {
  type        = string
  description = "Host of the server that gets the shop."
}

variable "target_port" {
  type    = number
  default = 3306
}

variable "target_username" {
  type = string
}

variable "target_password" {
  type      = string
  ephemeral = true
}
