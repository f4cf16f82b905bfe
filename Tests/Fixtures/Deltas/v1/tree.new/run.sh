#!/bin/sh
exec ship
