// Each behaviour stands alone; every page works without any of them.
import "./ticking.js";
import "./autosave.js";
import "./keys.js";
import "./once.js";
import "./passkeys.js";
import "./live.js";
import "./drawing.js";
import "./chosen.js";
