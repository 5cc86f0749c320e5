-- Written by the Ansible collection samba_ha.cluster; what is changed here is lost at its next run.
-- Copyright: (c) 2026, The samba_ha founders
-- GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Reads the name of the server that an SMB client dialled from the first packet that it sends, the NEGOTIATE, in which
-- clients of SMB 3.1.1 name it ([MS-SMB2] 2.2.3 and 2.2.3.1.4). Offsets are those of the specification, from 0.

local LONGEST = 4096 -- bytes of a packet; those of real clients have 100 to 300
local SMB1_SHORTEST = 35 -- header, count of words, count of bytes ([MS-CIFS] 2.2.4.52)
local SMB2_HEADER, NEGOTIATE = 64, 36 -- bytes of each
local REPLY, RELATED = 0x01, 0x04 -- flags that no first request has
local SMB311, NETNAME = 0x0311, 5
local LONGEST_NAME = 510 -- bytes of UTF-16: 255 characters, the longest name that DNS has

local reader = {}

local function u16(data, offset)
  return (string.unpack("<I2", data, offset + 1))
end

local function u32(data, offset)
  return (string.unpack("<I4", data, offset + 1))
end

-- Whether the data goes on with these bytes at the offset, as far as it has come.
local function goes_on(data, offset, bytes)
  local there = data:sub(offset + 1, offset + #bytes)
  return there == bytes:sub(1, #there)
end

-- The name in lower case. nil if no server can be called so in the inventory: an address, or letters beyond ASCII.
local function plain(utf16)
  local letters = {}
  for offset = 0, #utf16 - 2, 2 do
    local code = u16(utf16, offset)
    if code > 0x7f then
      return nil
    end
    letters[#letters + 1] = string.char(code)
  end
  local name = table.concat(letters):lower()
  if not name:find("^[%w._-]+$") or name:find("^[%d.]+$") then
    return nil
  end
  return name
end

-- The name in the contexts, which are `count` records of type, length, 4 bytes that mean nothing, and data, each at a
-- multiple of 8 bytes from the first.
local function name_in(message, offset, count)
  for _ = 1, count do
    if offset + 8 > #message then
      return "bad"
    end
    local kind, length = u16(message, offset), u16(message, offset + 2)
    if offset + 8 + length > #message then
      return "bad"
    end
    if kind == NETNAME then
      if length % 2 == 1 or length > LONGEST_NAME then
        return "bad"
      end
      local name = plain(message:sub(offset + 9, offset + 8 + length))
      return name and "name" or "none", name
    end
    offset = offset + (8 + length + 7) // 8 * 8
  end
  return "none"
end

local function read_smb2(message)
  if #message < SMB2_HEADER + NEGOTIATE or u16(message, 4) ~= SMB2_HEADER or u16(message, SMB2_HEADER) ~= NEGOTIATE then
    return "bad"
  end
  -- A command that is a NEGOTIATE, no reply, and nothing that follows in the same packet.
  local flags, following = u32(message, 16), u32(message, 20)
  if u16(message, 12) ~= 0 or flags & (REPLY | RELATED) ~= 0 or following ~= 0 then
    return "bad"
  end
  local dialects = u16(message, SMB2_HEADER + 2)
  local after = SMB2_HEADER + NEGOTIATE + 2 * dialects
  if dialects == 0 or after > #message then
    return "bad"
  end
  for offset = SMB2_HEADER + NEGOTIATE, after - 2, 2 do
    if u16(message, offset) == SMB311 then
      local contexts, count = u32(message, SMB2_HEADER + 28), u16(message, SMB2_HEADER + 32)
      if count == 0 or contexts < after then
        return "bad"
      end
      return name_in(message, contexts, count)
    end
  end
  return "none"
end

-- What the bytes of a connection tell, so far: "more" (they end too early), "bad" (no NEGOTIATE), "none" (one without a
-- name), or "name" and the name.
function reader.read(data)
  if not goes_on(data, 0, "\0") then
    return "bad"
  end
  local smb1 = goes_on(data, 4, "\xffSMB\x72")
  if not smb1 and not goes_on(data, 4, "\xfeSMB") then
    return "bad"
  end
  if #data < 4 then
    return "more"
  end
  local length = string.unpack(">I3", data, 2)
  if length > LONGEST or length < SMB1_SHORTEST then
    return "bad"
  end
  if #data < 4 + length then
    return "more"
  end
  if smb1 then
    return "none"
  end
  return read_smb2(data:sub(5, 4 + length))
end

if core then
  -- HAProxy's converter, from hexadecimal digits, since it cuts what it hands over at the first zero byte, to "more",
  -- "bad", "none", or "name:" and the name. HAProxy waits for more by itself; a function here that waits keeps it busy.
  core.register_converters("samba_ha_name", function(digits)
    local data = digits:gsub("%x%x", function(pair)
      return string.char(tonumber(pair, 16))
    end)
    local verdict, name = reader.read(data)
    return name and verdict .. ":" .. name or verdict
  end)
end

return reader
