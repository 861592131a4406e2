//! `IEditController`: parameters, their texts and values; `IUnitInfo`: their groups.
#![allow(unsafe_code)] // implements interfaces of the API

use vst3::ComRef;
use vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_::{
    kCanAutomate, kIsBypass, kIsHidden, kIsReadOnly, kNoFlags,
};
use vst3::Steinberg::Vst::{
    BusDirection, CString, IComponentHandler, IEditControllerTrait, IUnitInfoTrait, MediaType,
    ParamID, ParamValue, ParameterInfo, ProgramListID, ProgramListInfo, String128, TChar, UnitID,
    UnitInfo, kNoProgramListId, kRootUnitId,
};
use vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int16, int32, kInvalidArgument, kResultFalse, kResultOk,
    tresult,
};

use crate::door::vst3::component::Effect;
use crate::door::vst3::controls::text;
use crate::door::vst3::lock;
use crate::door::vst3::window::view::View;

impl IEditControllerTrait for Effect {
    unsafe fn setComponentState(&self, _state: *mut IBStream) -> tresult {
        // The component is this object and has loaded it.
        kResultOk
    }

    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        // The controller has nothing of its own to keep.
        kResultOk
    }

    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getParameterCount(&self) -> int32 {
        int32::try_from(self.0.params.all().len()).unwrap_or(0)
    }

    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        let index = usize::try_from(index).ok();
        let Some(param) = index.and_then(|index| self.0.params.all().get(index)) else {
            return kInvalidArgument;
        };
        info.id = param.id;
        text::copy_utf16(&param.title, &mut info.title);
        text::copy_utf16(&param.title, &mut info.shortTitle);
        text::copy_utf16(&param.unit, &mut info.units);
        info.stepCount = param.steps;
        info.defaultNormalizedValue = param.default;
        info.unitId = self.0.units.id(&param.group);
        let flag = |is, flag| if is { flag } else { kNoFlags };
        let flags = flag(param.is_automatable, kCanAutomate)
            | flag(param.is_hidden, kIsHidden | kIsReadOnly)
            | flag(param.is_bypass, kIsBypass);
        info.flags = flags as int32;
        kResultOk
    }

    unsafe fn getParamStringByValue(
        &self,
        id: ParamID,
        value: ParamValue,
        string: *mut String128,
    ) -> tresult {
        // SAFETY: null or an array to write into.
        let Some(string) = (unsafe { string.as_mut() }) else {
            return kInvalidArgument;
        };
        let Some(param) = self.0.params.get(id).filter(|_| !value.is_nan()) else {
            return kInvalidArgument;
        };
        let Some(words) = self.0.plugin.text(id, param.plain(value)) else {
            return kResultFalse;
        };
        let number = words.strip_suffix(param.unit.as_str()).unwrap_or(&words);
        text::copy_utf16(number, string);
        kResultOk
    }

    unsafe fn getParamValueByString(
        &self,
        id: ParamID,
        string: *mut TChar,
        value: *mut ParamValue,
    ) -> tresult {
        // SAFETY: null or a number to write into; null or a text that ends with a zero.
        let (value, words) = unsafe { (value.as_mut(), text::from_utf16(string)) };
        let (Some(value), Some(words)) = (value, words) else {
            return kInvalidArgument;
        };
        let Some(param) = self.0.params.get(id) else {
            return kInvalidArgument;
        };
        let Some(plain) = self.0.plugin.parse(id, &words) else {
            return kResultFalse;
        };
        *value = param.normalised(plain);
        kResultOk
    }

    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        // CLAP's plain value: the step, or 0..1 for a continuous parameter.
        self.0
            .params
            .get(id)
            .map_or(value, |param| param.plain(value))
    }

    unsafe fn plainParamToNormalized(&self, id: ParamID, plain: ParamValue) -> ParamValue {
        let param = self.0.params.get(id);
        param.map_or(plain, |param| param.normalised(plain))
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        self.0.pump();
        self.0.value(id).unwrap_or(0.0)
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        let result = self.0.set_value(id, value);
        self.0.pump();
        result
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: null or an object of the host.
        let handler = unsafe { ComRef::from_raw(handler) }.map(|handler| handler.to_com_ptr());
        let old = std::mem::replace(&mut *lock(&self.0.handler), handler);
        // The host's object goes when the lock is gone.
        drop(old);
        self.0.pump();
        kResultOk
    }

    unsafe fn createView(&self, _name: FIDString) -> *mut IPlugView {
        View::create(&self.0)
    }
}

impl IUnitInfoTrait for Effect {
    unsafe fn getUnitCount(&self) -> int32 {
        int32::try_from(self.0.units.len()).unwrap_or(0)
    }

    unsafe fn getUnitInfo(&self, index: int32, info: *mut UnitInfo) -> tresult {
        // SAFETY: null or a struct to write into.
        let Some(info) = (unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        let index = usize::try_from(index).ok();
        let Some((id, unit)) = index.and_then(|index| self.0.units.get(index)) else {
            return kInvalidArgument;
        };
        info.id = id;
        info.parentUnitId = unit.parent;
        info.programListId = kNoProgramListId;
        text::copy_utf16(&unit.name, &mut info.name);
        kResultOk
    }

    unsafe fn getProgramListCount(&self) -> int32 {
        0
    }

    unsafe fn getProgramListInfo(&self, _index: int32, _info: *mut ProgramListInfo) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramName(
        &self,
        _list: ProgramListID,
        _program: int32,
        _name: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramInfo(
        &self,
        _list: ProgramListID,
        _program: int32,
        _attribute: CString,
        _value: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn hasProgramPitchNames(&self, _list: ProgramListID, _program: int32) -> tresult {
        kInvalidArgument
    }

    unsafe fn getProgramPitchName(
        &self,
        _list: ProgramListID,
        _program: int32,
        _pitch: int16,
        _name: *mut String128,
    ) -> tresult {
        kInvalidArgument
    }

    unsafe fn getSelectedUnit(&self) -> UnitID {
        kRootUnitId
    }

    unsafe fn selectUnit(&self, _unit: UnitID) -> tresult {
        kResultFalse
    }

    unsafe fn getUnitByBus(
        &self,
        _medium: MediaType,
        _direction: BusDirection,
        _bus: int32,
        _channel: int32,
        _unit: *mut UnitID,
    ) -> tresult {
        kResultFalse
    }

    unsafe fn setUnitProgramData(
        &self,
        _list_or_unit: int32,
        _program: int32,
        _data: *mut IBStream,
    ) -> tresult {
        kInvalidArgument
    }
}
