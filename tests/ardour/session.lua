-- Serves tests/ardour/ardour.py, which replaces the words in capitals.
-- Makes a session with one track and the plug-in on it, or opens it; plays it for a while; saves it.

local folder, name, plugin = "FOLDER", "NAME", "PLUGIN"
local channels, play_seconds = CHANNELS, PLAY_SECONDS

if channels > 0 then
	assert (create_session (folder, name, 48000))
	local tracks = Session:new_audio_track (channels, 2, nil, 1, "Programme",
		ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
	for track in tracks:iter () do
		local insert = ARDOUR.LuaAPI.new_plugin (Session, plugin, ARDOUR.PluginType.VST3, "")
		assert (not insert:isnil (), "the plug-in is not known")
		assert (track:add_processor_by_index (insert, 0, nil, true) == 0, "the plug-in is refused")
	end
else
	assert (load_session (folder, name))
end

-- Before the engine has run for a while, old values are saved.
ARDOUR.LuaAPI.usleep (1500000)
if play_seconds > 0 then
	Session:goto_start ()
	ARDOUR.LuaAPI.usleep (500000)
	Session:request_roll (ARDOUR.TransportRequestSource.TRS_UI)
	ARDOUR.LuaAPI.usleep (play_seconds * 1000000)
	assert (Session:transport_rolling (), "it does not play")
	Session:request_stop (false, false, ARDOUR.TransportRequestSource.TRS_UI)
	ARDOUR.LuaAPI.usleep (500000)
end
assert (Session:save_state ("") == 0)
print ("session saved")
close_session ()
quit ()
