//! Parameter changes of a block, as hosts hand them over and take them back.
#![allow(unsafe_code)] // COM objects, called by the plug-in

use std::sync::Mutex;

use vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID,
};
use vst3::Steinberg::{kInvalidArgument, kResultOk, tresult};
use vst3::{Class, ComWrapper};

/// One point: parameter, offset into the block in samples, normalised value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The parameter.
    pub id: ParamID,
    /// Samples from the start of the block.
    pub offset: i32,
    /// 0 to 1.
    pub value: f64,
}

/// The points of one parameter.
pub struct Queue {
    id: ParamID,
    points: Mutex<Vec<(i32, f64)>>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.id
    }

    unsafe fn getPointCount(&self) -> i32 {
        i32::try_from(self.points.lock().unwrap().len()).unwrap()
    }

    unsafe fn getPoint(&self, index: i32, offset: *mut i32, value: *mut f64) -> tresult {
        let points = self.points.lock().unwrap();
        let Some(point) = usize::try_from(index).ok().and_then(|i| points.get(i)) else {
            return kInvalidArgument;
        };
        // SAFETY: the plug-in's own variables.
        unsafe { (*offset, *value) = *point };
        kResultOk
    }

    unsafe fn addPoint(&self, offset: i32, value: f64, index: *mut i32) -> tresult {
        let mut points = self.points.lock().unwrap();
        points.push((offset, value));
        // SAFETY: the plug-in's own variable, or null.
        if let Some(index) = unsafe { index.as_mut() } {
            *index = i32::try_from(points.len() - 1).unwrap();
        }
        kResultOk
    }
}

/// The points of all parameters, one queue each, in the order of their first points.
pub struct Changes(Mutex<Vec<ComWrapper<Queue>>>);

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Changes {
    /// Queues for these points.
    pub fn of(changes: &[Change]) -> ComWrapper<Self> {
        let all = ComWrapper::new(Self(Mutex::new(Vec::new())));
        for change in changes {
            let queue = all.queue(change.id).1;
            queue
                .points
                .lock()
                .unwrap()
                .push((change.offset, change.value));
        }
        all
    }

    /// The queue of a parameter and its place, made when there is none.
    fn queue(&self, id: ParamID) -> (usize, ComWrapper<Queue>) {
        let mut queues = self.0.lock().unwrap();
        let place = queues.iter().position(|queue| queue.id == id);
        let place = place.unwrap_or_else(|| {
            queues.push(ComWrapper::new(Queue {
                id,
                points: Mutex::default(),
            }));
            queues.len() - 1
        });
        (place, queues[place].clone())
    }
}

/// The interface of a queue that the list keeps alive.
fn pointer(queue: &ComWrapper<Queue>) -> *mut IParamValueQueue {
    queue.as_com_ref::<IParamValueQueue>().unwrap().as_ptr()
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> i32 {
        i32::try_from(self.0.lock().unwrap().len()).unwrap()
    }

    unsafe fn getParameterData(&self, index: i32) -> *mut IParamValueQueue {
        let queues = self.0.lock().unwrap();
        let queue = usize::try_from(index).ok().and_then(|i| queues.get(i));
        queue.map_or(std::ptr::null_mut(), pointer)
    }

    unsafe fn addParameterData(
        &self,
        id: *const ParamID,
        index: *mut i32,
    ) -> *mut IParamValueQueue {
        // SAFETY: the plug-in's own variables; `index` may be null.
        unsafe {
            let (place, queue) = self.queue(*id);
            if let Some(index) = index.as_mut() {
                *index = i32::try_from(place).unwrap();
            }
            pointer(&queue)
        }
    }
}
