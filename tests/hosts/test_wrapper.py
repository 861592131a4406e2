"""What the host sees of the plug-in beside audio: parameters, texts, states."""

import json

import numpy as np

import signals as s
from host import Host, table


def number(text):
    """The number at the head of a text such as "-18.00 dB" or "4.00:1"."""
    head = text.strip().replace(":", " ").split()[0]
    return float(head.rstrip("%"))


def test_parameters_are_the_contract(bundle):
    plugin = Host(bundle).plugin
    rows = table()
    # This host lists them group by group.
    by_name = {p.name: p for p in plugin._parameters}
    assert len(by_name) == len(plugin._parameters), "two parameters of one name"
    wrong = set(by_name) ^ {r.name for r in rows}
    assert not wrong, f"missing or beyond the contract: {sorted(wrong)}"
    for row, p in ((row, by_name[row.name]) for row in rows):
        low, high = p.get_text_for_raw_value(0.0), p.get_text_for_raw_value(1.0)
        default = p.get_text_for_raw_value(p.default_raw_value)
        if row.kind == "float":
            assert p.label.strip() == row.unit, (row.id, p.label, row.unit)
            got = [number(low), number(high), number(default)]
            expected = [float(row.min), float(row.max), float(row.default)]
            # Texts have at least one decimal.
            assert np.allclose(got, expected, atol=0.051), (row.id, got, expected)
        elif row.kind == "bool":
            got = [low.lower(), high.lower(), default.lower()]
            assert got == ["off", "on", row.default], (row.id, got)
        else:
            n = len(row.choices)
            got = [p.get_text_for_raw_value(i / (n - 1)) for i in range(n)]
            assert got == row.choices, (row.id, got)
            assert default == row.default, (row.id, default)


def test_identity_and_version(bundle):
    plugin = Host(bundle).plugin
    assert plugin.name == "Auralis", plugin.name
    for word in ("Fx", "Dynamics", "EQ", "Mastering"):
        assert word in plugin.category, plugin.category


def test_typed_texts(bundle):
    host = Host(bundle)
    cases = [
        ("comp_threshold", "-18", "-18"),
        ("comp_threshold", "-18 dB", "-18"),
        ("comp_ratio", "4:1", "4"),
        ("comp_ratio", "4", "4"),
        ("comp_release", "250 ms", "250"),
        ("comp_release", "0.25 s", "250"),
        ("comp_sc_hpf", "0.1 kHz", "100"),
        ("mix", "75%", "75"),
        ("loud_target", "-16 LUFS", "-16"),
        ("lim_ceiling", "-1.5 dBTP", "-1.5"),
        ("eq_tilt", "0.5 dB/oct", "0.5"),
        ("eq_speed", "3 s", "3"),
        ("target", "Hip-Hop", "Hip-Hop"),
        ("listen", "Matched Input", "Matched Input"),
        ("eq_on", "off", "Off"),
    ]
    for name, typed, expected in cases:
        host.set(**{name: typed})
        got = host.text(name)
        if expected[0] in "-0123456789":
            # Two decimals at least in every text but percent and hertz, which have one.
            assert abs(number(got) - float(expected)) < 0.011, (name, typed, got)
        else:
            assert got == expected, (name, typed, got)


def test_every_value_survives_its_text(bundle):
    host = Host(bundle)
    for name, p in host.parameters.items():
        for raw in (0.0, 0.13, 0.5, 0.77, 1.0):
            text = p.get_text_for_raw_value(raw)
            again = p.get_text_for_raw_value(p.get_raw_value_for_text(text))
            assert again == text, (name, raw, text, again)


def changed_host(bundle):
    host = Host(bundle)
    rng = np.random.default_rng(3)
    for p in host.parameters.values():
        p.raw_value = float(rng.uniform())
    # The host hands values on with the next block.
    host.render(np.zeros((2, 512), dtype=np.float32))
    return host


def texts(host):
    return {name: host.text(name) for name in host.parameters}


def different(got, expected):
    """The first few (parameter, got, expected) that differ."""
    return [(k, got[k], expected[k]) for k in got if got[k] != expected[k]][:5]


def test_state_round_trip(bundle):
    host = changed_host(bundle)
    before, state = texts(host), host.plugin.raw_state
    assert sorted(host.state()["params"]) == sorted(r.id for r in table())
    other = Host(bundle)
    assert texts(other) != before
    other.plugin.raw_state = state
    got = texts(other)
    assert got == before, different(got, before)


def test_refused_states_keep_the_settings(bundle):
    host = changed_host(bundle)
    good = host.state()
    good["params"] = {k: v for k, v in Host(bundle).state()["params"].items()}
    other_owner = dict(good, fields=dict(good["fields"], plugin='"org.example.other"'))
    no_owner = dict(good, fields={})
    bad = {
        "random bytes": np.random.default_rng(1).bytes(500),
        "nothing": b"",
        "truncated": json.dumps(good).encode()[:300],
        "not a state": b'{"a": 1}',
        "another plug-in": json.dumps(other_owner).encode(),
        "no plug-in": json.dumps(no_owner).encode(),
        "a newer version": json.dumps(dict(good, version="99.0.0")).encode(),
        "no version": json.dumps(dict(good, version="newest")).encode(),
    }
    before = texts(host)
    for what, payload in bad.items():
        host.load(payload)
        got = texts(host)
        assert got == before, f"{what}: {different(got, before)}"
    for what, raw in (("noise", np.random.default_rng(2).bytes(300)), ("empty", b"")):
        try:
            host.plugin.raw_state = raw
        except (RuntimeError, ValueError):
            pass  # the host itself may refuse what is not even its own wrapping
        assert texts(host) == before, what
    x = s.music(1, 48000)
    assert np.all(np.isfinite(host.render(x)))
    # The same way of loading works when the state is right.
    host.load(json.dumps(good).encode())
    assert texts(host) == texts(Host(bundle))


def test_values_outside_their_range_are_repaired(bundle):
    host = Host(bundle)
    state = host.state()
    state["params"].update(
        comp_ratio={"f32": 1e9}, mix={"f32": -5.0}, comp_on={"f32": 3.0}, unknown={"f32": 1.0}
    )
    del state["params"]["lim_on"]
    host.set(lim_on="Off")
    host.load(json.dumps(state).encode())
    got = {k: host.text(k) for k in ("comp_ratio", "mix", "comp_on", "lim_on")}
    assert number(got["comp_ratio"]) == 20 and number(got["mix"]) == 0, got
    assert got["comp_on"] == "On" and got["lim_on"] == "On", got
